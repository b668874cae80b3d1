"""POST /v1/auth/security-keys: adds a security key or passkey."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import security_keys
from statewright.auth.models import NewSecurityKey, SecurityKeyAdded
from statewright.http import Api

app = Api(permission="account:write")


@app.post("/v1/auth/security-keys", status_code=201, summary="Add a security key", tags=["auth"])
def add_security_key(new: Annotated[NewSecurityKey, Body()]) -> SecurityKeyAdded:
    """Adds a device by its answer to the options."""
    return security_keys.add(app.caller(), new)


handler = app.handler()
