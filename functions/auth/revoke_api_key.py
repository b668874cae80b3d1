"""DELETE /v1/auth/api-keys/{key_id}: ends a key."""

from statewright.auth import api_keys
from statewright.http import Api

app = Api(permission="keys:write")


@app.delete(
    "/v1/auth/api-keys/<key_id>", status_code=204, summary="Revoke an API key", tags=["auth"]
)
def revoke_api_key(key_id: str) -> None:
    """Revokes one of the caller's keys; any key, for those who look after service accounts."""
    api_keys.revoke(app.caller(), key_id)


handler = app.handler()
