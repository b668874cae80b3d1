"""POST /v1/auth/sessions: signs in."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import accounts
from statewright.auth.models import Credentials, Session
from statewright.http import Api

app = Api(permission=None)


@app.post("/v1/auth/sessions", status_code=201, summary="Sign in", tags=["auth"])
def sign_in(credentials: Annotated[Credentials, Body()]) -> Session:
    """Checks an e-mail address and its password and begins a session."""
    return accounts.sign_in(credentials)


handler = app.handler()
