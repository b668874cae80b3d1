"""GET /v1/service-accounts: accounts of programs."""

from statewright.auth import service_accounts
from statewright.auth.access_models import ServiceAccount
from statewright.http import Api

app = Api(permission="service-accounts:read")


@app.get("/v1/service-accounts", summary="List service accounts", tags=["auth"])
def list_service_accounts() -> list[ServiceAccount]:
    """The workspace's service accounts."""
    return service_accounts.list_all(app.caller().workspace_id)


handler = app.handler()
