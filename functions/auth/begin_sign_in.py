"""GET /v1/auth/sso/{provider_id}: sends a browser to an identity provider."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.auth.sso import departing
from statewright.http import Api, redirect

app = Api(permission=None)


@app.get("/v1/auth/sso/<provider_id>", summary="Sign in through a provider", tags=["auth"])
def begin_sign_in(
    provider_id: str, return_to: Annotated[str, Query(max_length=1000)] = "/"
) -> Response[Any]:
    """Redirects to the identity provider; it sends the browser back to the callback."""
    departure = departing.depart(provider_id, return_to)
    return redirect(departure.url, departure.cookie)


handler = app.handler()
