"""POST /unsubscribe/{token}: stops a category's e-mails, with one click (RFC 8058)."""

from aws_lambda_powertools.event_handler import Response

from statewright.http import Api
from statewright.notifications import unsubscribing

app = Api(permission=None, validate=False)


@app.post("/unsubscribe/<token>", summary="Unsubscribe", tags=["notifications"])
def unsubscribe(token: str) -> Response[str]:
    """Unsubscribes, for the page's button and for the mail reader's."""
    page = unsubscribing.page(unsubscribing.unsubscribe(token), done=True)
    return Response(200, "text/html; charset=utf-8", page)


handler = app.handler()
