"""GET /v1/auth/sso/callback: a browser comes back from an OAuth provider."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.auth.sso import flow
from statewright.http import Api, redirect

app = Api(permission=None)


@app.get("/v1/auth/sso/callback", summary="Come back from a provider", tags=["auth"])
def end_sign_in(
    state: Annotated[str, Query(max_length=300)],
    code: Annotated[str | None, Query(max_length=4000)] = None,
    error: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response[Any]:
    """Checks the provider's answer and redirects into the console, with a code for the session."""
    answer = flow.Answer(state, code, error, app.cookie(flow.cookie_name()))
    return redirect(flow.arrive(answer, app.origin()))


handler = app.handler()
