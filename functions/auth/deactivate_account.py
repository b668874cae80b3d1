"""POST /v1/auth/account/deactivation: closes one's account."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import leaving
from statewright.auth.models import Confirmation
from statewright.http import Api

app = Api(permission="account:write")


@app.post(
    "/v1/auth/account/deactivation",
    status_code=204,
    summary="Deactivate one's account",
    tags=["auth"],
)
def deactivate_account(confirmation: Annotated[Confirmation, Body()]) -> None:
    """Closes the caller's account until its owner resets the password."""
    leaving.deactivate(app.caller(), confirmation)


handler = app.handler()
