"""POST /v1/workspaces: another workspace of one's own."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import accounts
from statewright.auth.models import Membership, WorkspaceName
from statewright.http import Api

app = Api(permission="account:write")


@app.post("/v1/workspaces", status_code=201, summary="Make another workspace", tags=["auth"])
def create_workspace(wanted: Annotated[WorkspaceName, Body()]) -> Membership:
    """Makes a workspace that the caller owns."""
    return accounts.found_workspace(app.caller(), wanted)


handler = app.handler()
