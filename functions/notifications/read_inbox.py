"""POST /v1/inbox/read: all messages up to one."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.notifications import inbox
from statewright.notifications.people_models import ReadUpTo, Unread

app = Api(permission="account:write")


@app.post("/v1/inbox/read", summary="Mark messages as read", tags=["notifications"])
def read_inbox(upto: Annotated[ReadUpTo, Body()]) -> Unread:
    """All messages up to one."""
    return inbox.read_up_to(app.caller(), upto.id)


handler = app.handler()
