"""GET /v1/auth/security-keys: one's security keys."""

from statewright.auth import security_keys
from statewright.auth.models import SecurityKey
from statewright.http import Api

app = Api(permission="account:read")


@app.get("/v1/auth/security-keys", summary="List security keys", tags=["auth"])
def list_security_keys() -> list[SecurityKey]:
    """One's own devices, the oldest first."""
    return security_keys.list_all(app.caller())


handler = app.handler()
