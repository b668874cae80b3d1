"""GET /v1/dashboards/{dashboard_id}/links: links to a dashboard."""

from statewright.analytics import dashboards
from statewright.analytics.report_models import SharedLink
from statewright.http import Api

app = Api(permission="reports:read")


@app.get("/v1/dashboards/<dashboard_id>/links", summary="List links", tags=["analytics"])
def list_dashboard_links(dashboard_id: str) -> list[SharedLink]:
    """The links, without their secrets."""
    return dashboards.list_links(app.caller(), dashboard_id)


handler = app.handler()
