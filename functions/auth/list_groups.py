"""GET /v1/groups: groups and their members."""

from statewright.auth import groups
from statewright.auth.access_models import Group
from statewright.http import Api

app = Api(permission="access:read")


@app.get("/v1/groups", summary="List groups", tags=["auth"])
def list_groups() -> list[Group]:
    """The workspace's groups with their members."""
    return groups.list_all(app.caller().workspace_id)


handler = app.handler()
