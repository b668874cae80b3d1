"""PUT /v1/auth/account/password: one's password."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import credentials
from statewright.auth.models import PasswordChange
from statewright.http import Api

app = Api(permission="account:write")


@app.put(
    "/v1/auth/account/password", status_code=204, summary="Change one's password", tags=["auth"]
)
def change_password(change: Annotated[PasswordChange, Body()]) -> None:
    """Replaces the password and ends every other session."""
    credentials.change_password(app.caller(), change)


handler = app.handler()
