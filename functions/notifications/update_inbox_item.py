"""PATCH /v1/inbox/{message_id}: read, unread, archived."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.notifications import inbox
from statewright.notifications.people_models import InboxChange, InboxItem

app = Api(permission="account:write")


@app.patch("/v1/inbox/<message_id>", summary="Mark a message", tags=["notifications"])
def update_inbox_item(message_id: str, wanted: Annotated[InboxChange, Body()]) -> InboxItem:
    """Read, unread, archived."""
    return inbox.change(app.caller(), message_id, wanted)


handler = app.handler()
