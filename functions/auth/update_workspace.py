"""PATCH /v1/workspace: name, required second factor."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import workspace
from statewright.auth.access_models import Workspace, WorkspaceChange
from statewright.http import Api

app = Api(permission="workspace:write")


@app.patch("/v1/workspace", summary="Change the workspace's settings", tags=["auth"])
def update_workspace(change: Annotated[WorkspaceChange, Body()]) -> Workspace:
    """Changes what is given; what is not stays."""
    return workspace.change(app.caller(), change)


handler = app.handler()
