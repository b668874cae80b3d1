"""POST /v1/invitations: invites an address."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import invitations
from statewright.auth.access_models import Invitation, Invite
from statewright.http import Api

app = Api(permission="members:write")


@app.post("/v1/invitations", status_code=201, summary="Invite somebody", tags=["auth"])
def invite_member(invite: Annotated[Invite, Body()]) -> Invitation:
    """Invites an address by mail, or once more."""
    return invitations.invite(app.caller(), invite)


handler = app.handler()
