"""POST /v1/dashboards/{dashboard_id}/links: a link to a dashboard."""

from statewright.analytics import dashboards
from statewright.analytics.report_models import NewLink, SharedLink
from statewright.http import Api

app = Api(permission="reports:write")


@app.post(
    "/v1/dashboards/<dashboard_id>/links",
    status_code=201,
    summary="Share a dashboard",
    tags=["analytics"],
)
def share_dashboard(dashboard_id: str, wanted: NewLink) -> SharedLink:
    """A link that shows it, and nothing else, to whoever has it."""
    return dashboards.share(app.caller(), dashboard_id, wanted)


handler = app.handler()
