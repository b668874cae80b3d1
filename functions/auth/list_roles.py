"""GET /v1/roles: roles and what they allow."""

from statewright.auth import custom_roles
from statewright.auth.access_models import Role
from statewright.http import Api

app = Api(permission="access:read")


@app.get("/v1/roles", summary="List roles", tags=["auth"])
def list_roles() -> list[Role]:
    """The built-in roles, then the workspace's own."""
    return custom_roles.list_all(app.caller().workspace_id)


handler = app.handler()
