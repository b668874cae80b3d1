"""GET /v1/inbox/unread: how many are unread."""

from statewright.http import Api
from statewright.notifications import inbox
from statewright.notifications.people_models import Unread

app = Api(permission="account:read")


@app.get("/v1/inbox/unread", summary="Count unread messages", tags=["notifications"])
def get_unread() -> Unread:
    """How many are unread."""
    return inbox.unread(app.caller())


handler = app.handler()
