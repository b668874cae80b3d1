"""POST /v1/auth/sessions/second-step/options: what a security key is asked with at sign-in."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import security_keys
from statewright.auth.models import StepQuestion
from statewright.http import Api

app = Api(permission=None)


@app.post(
    "/v1/auth/sessions/second-step/options",
    summary="Sign in: ask a security key",
    tags=["auth"],
)
def ask_security_key(question: Annotated[StepQuestion, Body()]) -> dict[str, Any]:
    """Gives the options of `navigator.credentials.get`; its answer goes to the second step."""
    return security_keys.ask(question.challenge)


handler = app.handler()
