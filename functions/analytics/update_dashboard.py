"""PUT /v1/dashboards/{dashboard_id}: changes a dashboard."""

from statewright.analytics import dashboards
from statewright.analytics.report_models import ChangedDashboard, Dashboard
from statewright.http import Api

app = Api(permission="reports:write")


@app.put("/v1/dashboards/<dashboard_id>", summary="Change a dashboard", tags=["analytics"])
def update_dashboard(dashboard_id: str, wanted: ChangedDashboard) -> Dashboard:
    """Changes a dashboard that nobody else has changed meanwhile."""
    return dashboards.update(app.caller(), dashboard_id, wanted)


handler = app.handler()
