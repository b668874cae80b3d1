"""DELETE /v1/dashboards/{dashboard_id}: removes a dashboard."""

from statewright.analytics import dashboards
from statewright.http import Api

app = Api(permission="reports:write")


@app.delete(
    "/v1/dashboards/<dashboard_id>",
    status_code=204,
    summary="Delete a dashboard",
    tags=["analytics"],
)
def delete_dashboard(dashboard_id: str) -> None:
    """Removes a dashboard; links to it show nothing."""
    dashboards.delete(app.caller(), dashboard_id)


handler = app.handler()
