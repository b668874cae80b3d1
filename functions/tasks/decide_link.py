"""POST /approvals/{token}: the answer of the person whom a link is for."""

from aws_lambda_powertools.event_handler import Response

from statewright.http import Api
from statewright.tasks import link_page

app = Api(permission=None, validate=False)


@app.post("/approvals/<token>", summary="Answer a human task", tags=["tasks"])
def decide_link(token: str) -> Response[str]:
    """The answer or comment of the person whom the link is for."""
    return link_page.post(app.current_event, token)


handler = app.handler()
