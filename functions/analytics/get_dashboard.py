"""GET /v1/dashboards/{dashboard_id}: a dashboard."""

from statewright.analytics import dashboards
from statewright.analytics.report_models import Dashboard
from statewright.http import Api

app = Api(permission="reports:read")


@app.get("/v1/dashboards/<dashboard_id>", summary="Show a dashboard", tags=["analytics"])
def get_dashboard(dashboard_id: str) -> Dashboard:
    """What is on it."""
    return dashboards.get(app.caller(), dashboard_id)


handler = app.handler()
