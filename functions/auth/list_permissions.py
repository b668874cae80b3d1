"""GET /v1/permissions: the permission catalogue."""

from statewright.auth import custom_roles
from statewright.auth.access_models import Permission
from statewright.http import Api

app = Api(permission="access:read")


@app.get("/v1/permissions", summary="List permissions", tags=["auth"])
def list_permissions() -> list[Permission]:
    """Every permission there is, with what it allows."""
    return custom_roles.catalogue()


handler = app.handler()
