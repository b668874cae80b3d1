"""PUT /v1/topics/{topic}/subscription: follows a topic."""

from statewright.http import Api
from statewright.notifications import preferences

app = Api(permission="account:write")


@app.put(
    "/v1/topics/<topic>/subscription",
    status_code=204,
    summary="Follow a topic",
    tags=["notifications"],
)
def follow_topic(topic: str) -> None:
    """Follows a topic."""
    preferences.follow(app.caller(), topic)


handler = app.handler()
