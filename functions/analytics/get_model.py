"""GET /v1/analytics/model: what reports may ask for."""

from statewright.analytics.model_view import ModelView, model
from statewright.http import Api

app = Api(permission="analytics:read")


@app.get("/v1/analytics/model", summary="Show the semantic model", tags=["analytics"])
def get_model() -> ModelView:
    """Datasets with their measures and dimensions."""
    return model()


handler = app.handler()
