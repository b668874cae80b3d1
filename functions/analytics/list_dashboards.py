"""GET /v1/dashboards: dashboards."""

from statewright.analytics import dashboards
from statewright.analytics.report_models import Dashboard
from statewright.http import Api

app = Api(permission="reports:read")


@app.get("/v1/dashboards", summary="List dashboards", tags=["analytics"])
def list_dashboards() -> list[Dashboard]:
    """Ready dashboards, shared ones and one's own."""
    return dashboards.list_all(app.caller())


handler = app.handler()
