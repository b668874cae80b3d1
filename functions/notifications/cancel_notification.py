"""POST /v1/notifications/{notification_id}/cancel: stops what has not gone out."""

from statewright.http import Api
from statewright.notifications import tracking
from statewright.notifications.models import Notification

app = Api(permission="notifications:send")


@app.post(
    "/v1/notifications/<notification_id>/cancel",
    summary="Cancel a notification",
    tags=["notifications"],
)
def cancel_notification(notification_id: str) -> Notification:
    """Stops what has not gone out."""
    caller = app.caller()
    return tracking.cancel(caller.workspace_id, notification_id, f"{caller.kind}:{caller.user_id}")


handler = app.handler()
