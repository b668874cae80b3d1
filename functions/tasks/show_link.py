"""GET /approvals/{token}: what a mailed link opens."""

from aws_lambda_powertools.event_handler import Response

from statewright.http import Api
from statewright.tasks import link_page

app = Api(permission=None, validate=False)


@app.get("/approvals/<token>", summary="Show a human task", tags=["tasks"])
def show_link(token: str) -> Response[str]:
    """The page that the link in the e-mail opens, or the task as JSON. It changes nothing."""
    return link_page.show(app.current_event, token)


handler = app.handler()
