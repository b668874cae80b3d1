"""GET /v1/notification-limits: how many messages an address gets in a day."""

from statewright.http import Api
from statewright.notifications import accounts
from statewright.notifications.account_models import Limits

app = Api(permission="notification-providers:write")


@app.get("/v1/notification-limits", summary="Show limits", tags=["notifications"])
def get_limits() -> Limits:
    """How many messages an address gets in a day."""
    return accounts.limits(app.caller().workspace_id)


handler = app.handler()
