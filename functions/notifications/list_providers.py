"""GET /v1/notification-providers: accounts at providers, without secrets."""

from statewright.http import Api
from statewright.notifications import accounts
from statewright.notifications.account_models import Provider

app = Api(permission="notification-providers:write")


@app.get("/v1/notification-providers", summary="List accounts at providers", tags=["notifications"])
def list_providers() -> list[Provider]:
    """Accounts at providers, without secrets."""
    return accounts.list_all(app.caller().workspace_id)


handler = app.handler()
