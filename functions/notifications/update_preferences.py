"""PUT /v1/notification-preferences: channels, quiet hours, digests."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.notifications import preferences
from statewright.notifications.people_models import Preferences

app = Api(permission="account:write")


@app.put("/v1/notification-preferences", summary="Change one's preferences", tags=["notifications"])
def update_preferences(wanted: Annotated[Preferences, Body()]) -> Preferences:
    """Channels, quiet hours, digests."""
    return preferences.put(app.caller(), wanted)


handler = app.handler()
