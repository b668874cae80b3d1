"""DELETE /v1/auth/security-keys/{key_id}: takes a security key away."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import security_keys
from statewright.auth.models import Confirmation
from statewright.http import Api

app = Api(permission="account:write")


@app.delete(
    "/v1/auth/security-keys/<key_id>",
    status_code=204,
    summary="Remove a security key",
    tags=["auth"],
)
def remove_security_key(key_id: str, confirmation: Annotated[Confirmation, Body()]) -> None:
    """Takes a device away."""
    security_keys.remove(app.caller(), key_id, confirmation)


handler = app.handler()
