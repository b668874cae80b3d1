"""GET /v1/oauth/callback: a browser comes back from an authorization server."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api, redirect
from statewright.integrations import authorizations

app = Api(permission=None)


@app.get("/v1/oauth/callback", summary="Come back from an authorization", tags=["connections"])
def end_authorization(state: Annotated[str, Query(max_length=300)]) -> Response[Any]:
    """Stores the tokens for the code or verifier, and redirects to where it began."""
    query = app.current_event.query_string_parameters
    cookie = app.cookie(authorizations.COOKIE)
    return redirect(authorizations.finish({**query, "state": state}, cookie, app.origin()))


handler = app.handler()
