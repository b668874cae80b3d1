"""GET /unsubscribe/{token}: the page of an e-mail's unsubscribe link. It changes nothing."""

from aws_lambda_powertools.event_handler import Response

from statewright.http import Api
from statewright.notifications import unsubscribing

app = Api(permission=None, validate=False)


@app.get("/unsubscribe/<token>", summary="Ask to unsubscribe", tags=["notifications"])
def show_unsubscribe(token: str) -> Response[str]:
    """The page with the button."""
    page = unsubscribing.page(unsubscribing.show(token), done=False)
    return Response(200, "text/html; charset=utf-8", page)


handler = app.handler()
