"""GET /v1/workspace: the workspace's settings."""

from statewright.auth import workspace
from statewright.auth.access_models import Workspace
from statewright.http import Api

app = Api(permission="workspace:read")


@app.get("/v1/workspace", summary="Show the workspace's settings", tags=["auth"])
def get_workspace() -> Workspace:
    """The settings of the workspace that the caller acts in."""
    return workspace.get(app.caller().workspace_id)


handler = app.handler()
