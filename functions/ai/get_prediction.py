"""GET /v1/workflows/{workflow_id}/prediction: what the next hours will hold."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.ai.watching import predicting
from statewright.ai.watching.models import Metric, Prediction
from statewright.http import Api

app = Api(permission="ai:read")


@app.get("/v1/workflows/<workflow_id>/prediction", summary="Predict the next hours", tags=["ai"])
def get_prediction(
    workflow_id: str,
    metric: Annotated[Metric, Query()] = "volume",
    hours: Annotated[int, Query(ge=1, le=168)] = 24,
) -> Prediction:
    """With bounds that hold nine of ten hours."""
    return predicting.predict(app.caller().workspace_id, workflow_id, metric, hours)


handler = app.handler()
