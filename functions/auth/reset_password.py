"""POST /v1/auth/password-resets/confirm: a new password, by a mail's link."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import credentials
from statewright.auth.models import PasswordReset
from statewright.http import Api

app = Api(permission=None)


@app.post(
    "/v1/auth/password-resets/confirm", status_code=204, summary="Reset a password", tags=["auth"]
)
def reset_password(reset: Annotated[PasswordReset, Body()]) -> None:
    """Sets a new password with the secret of a mail, and ends every session."""
    credentials.reset_password(reset, app.origin())


handler = app.handler()
