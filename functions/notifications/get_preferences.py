"""GET /v1/notification-preferences: what one wants to be told, and how."""

from statewright.http import Api
from statewright.notifications import preferences
from statewright.notifications.people_models import Preferences

app = Api(permission="account:read")


@app.get("/v1/notification-preferences", summary="Show one's preferences", tags=["notifications"])
def get_preferences() -> Preferences:
    """What one wants to be told, and how."""
    return preferences.get(app.caller())


handler = app.handler()
