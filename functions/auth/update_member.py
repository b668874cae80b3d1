"""PATCH /v1/members/{user_id}: a member's role and state."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import members
from statewright.auth.access_models import Member, MemberChange
from statewright.http import Api

app = Api(permission="members:write")


@app.patch("/v1/members/<user_id>", summary="Change a member", tags=["auth"])
def update_member(user_id: str, change: Annotated[MemberChange, Body()]) -> Member:
    """Gives a member another role, deactivates or reactivates them."""
    return members.change(app.caller(), user_id, change)


handler = app.handler()
