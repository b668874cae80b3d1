"""GET /v1/identity-providers: how people sign in."""

from statewright.auth.sso import providers
from statewright.auth.sso.models import Provider
from statewright.http import Api

app = Api(permission="identity:read")


@app.get("/v1/identity-providers", summary="List identity providers", tags=["auth"])
def list_identity_providers() -> list[Provider]:
    """The workspace's identity providers, without their secrets."""
    return providers.list_all(app.caller().workspace_id)


handler = app.handler()
