"""DELETE /v1/topics/{topic}/subscription: follows a topic no more."""

from statewright.http import Api
from statewright.notifications import preferences

app = Api(permission="account:write")


@app.delete(
    "/v1/topics/<topic>/subscription",
    status_code=204,
    summary="Leave a topic",
    tags=["notifications"],
)
def leave_topic(topic: str) -> None:
    """Follows a topic no more."""
    preferences.leave(app.caller(), topic)


handler = app.handler()
