"""POST /v1/notifications: sends, now or later, over one or several channels."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.notifications import sending
from statewright.notifications.models import NewNotification, Notification
from statewright.notifications.sending import Sender

app = Api(permission="notifications:send")


@app.post(
    "/v1/notifications", status_code=202, summary="Send a notification", tags=["notifications"]
)
def send_notification(wanted: Annotated[NewNotification, Body()]) -> Notification:
    """Sends, now or later, over one or several channels."""
    caller = app.caller()
    return sending.send(Sender(caller.workspace_id, f"{caller.kind}:{caller.user_id}"), wanted)


handler = app.handler()
