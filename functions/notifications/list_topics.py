"""GET /v1/topics: topics and whether one follows them."""

from statewright.http import Api
from statewright.notifications import preferences
from statewright.notifications.people_models import Topic

app = Api(permission="account:read")


@app.get("/v1/topics", summary="List topics", tags=["notifications"])
def list_topics() -> list[Topic]:
    """Topics and whether one follows them."""
    return preferences.topics(app.caller())


handler = app.handler()
