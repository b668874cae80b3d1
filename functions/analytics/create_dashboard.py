"""POST /v1/dashboards: a dashboard."""

from statewright.analytics import dashboards
from statewright.analytics.report_models import Dashboard, NewDashboard
from statewright.http import Api

app = Api(permission="reports:write")


@app.post("/v1/dashboards", status_code=201, summary="Save a dashboard", tags=["analytics"])
def create_dashboard(wanted: NewDashboard) -> Dashboard:
    """Saves a dashboard."""
    return dashboards.create(app.caller(), wanted)


handler = app.handler()
