"""GET /v1/auth/api-keys: keys, without the keys themselves."""

from statewright.auth import api_keys
from statewright.auth.access_models import ApiKeyInfo
from statewright.http import Api

app = Api(permission="keys:read")


@app.get("/v1/auth/api-keys", summary="List API keys", tags=["auth"])
def list_api_keys() -> list[ApiKeyInfo]:
    """The caller's keys; every key, for those who look after service accounts."""
    return api_keys.list_all(app.caller())


handler = app.handler()
