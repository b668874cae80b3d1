"""POST /v1/auth/security-keys/options: what a new security key is asked with."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import security_keys
from statewright.auth.models import Ceremony, Confirmation
from statewright.http import Api

app = Api(permission="account:write")


@app.post(
    "/v1/auth/security-keys/options",
    status_code=201,
    summary="Begin to add a security key",
    tags=["auth"],
)
def begin_security_key(confirmation: Annotated[Confirmation, Body()]) -> Ceremony:
    """Gives the options of `navigator.credentials.create`."""
    return security_keys.begin(app.caller(), confirmation)


handler = app.handler()
