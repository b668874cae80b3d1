"""DELETE /v1/dashboards/{dashboard_id}/links/{link_id}: ends a link."""

from statewright.analytics import dashboards
from statewright.http import Api

app = Api(permission="reports:write")


@app.delete(
    "/v1/dashboards/<dashboard_id>/links/<link_id>",
    status_code=204,
    summary="Revoke a link",
    tags=["analytics"],
)
def revoke_dashboard_link(dashboard_id: str, link_id: str) -> None:
    """Ends a link at once."""
    dashboards.revoke(app.caller(), dashboard_id, link_id)


handler = app.handler()
