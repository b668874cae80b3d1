"""GET /v1/notifications/{notification_id}: a request and how far it is."""

from statewright.http import Api
from statewright.notifications import tracking
from statewright.notifications.models import Notification

app = Api(permission="notifications:read")


@app.get(
    "/v1/notifications/<notification_id>", summary="Show a notification", tags=["notifications"]
)
def get_notification(notification_id: str) -> Notification:
    """A request and how far it is."""
    return tracking.get(app.caller().workspace_id, notification_id)


handler = app.handler()
