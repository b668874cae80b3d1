"""POST /v1/auth/sessions: begins a session, or asks for the second factor."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import sign_in as use_case
from statewright.auth.models import Challenge, Credentials, Session
from statewright.http import SessionApi

app = SessionApi(permission=None)


@app.post("/v1/auth/sessions", status_code=201, summary="Sign in", tags=["auth"])
def sign_in(credentials: Annotated[Credentials, Body()]) -> Session | Challenge:
    """Checks a password and begins a session, or asks for the second factor."""
    return use_case.sign_in(credentials, app.origin())


handler = app.handler()
