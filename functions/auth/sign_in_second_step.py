"""POST /v1/auth/sessions/second-step: the second factor, and the session."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import sign_in
from statewright.auth.models import SecondStep, Session
from statewright.http import SessionApi

app = SessionApi(permission=None)


@app.post(
    "/v1/auth/sessions/second-step",
    status_code=201,
    summary="Sign in: the second factor",
    tags=["auth"],
)
def sign_in_second_step(step: Annotated[SecondStep, Body()]) -> Session:
    """Answers a challenge with a code of the authenticator app or a recovery code."""
    return sign_in.second_step(step, app.origin())


handler = app.handler()
