"""GET /approvals/{token}: the page of a decision that a workflow waits for."""

from aws_lambda_powertools.event_handler import Response

from statewright.http import Api
from statewright.workflows import approvals

app = Api(permission=None, validate=False)


@app.get("/approvals/<token>", summary="Show an approval", tags=["approvals"])
def show_approval(token: str) -> Response[str]:
    """The page that the link in the e-mail opens."""
    return Response(200, "text/html; charset=utf-8", approvals.page(approvals.show(token)))


handler = app.handler()
