"""DELETE /v1/workspace: the workspace, for good."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import workspace
from statewright.auth.access_models import WorkspaceDeletion
from statewright.http import Api

app = Api(permission="workspace:delete")


@app.delete("/v1/workspace", status_code=204, summary="Delete the workspace", tags=["auth"])
def delete_workspace(deletion: Annotated[WorkspaceDeletion, Body()]) -> None:
    """Deletes the workspace with all that is in it. Accounts stay."""
    workspace.delete(app.caller(), deletion)


handler = app.handler()
