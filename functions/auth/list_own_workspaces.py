"""GET /v1/auth/workspaces: the workspaces one belongs to."""

from statewright.auth import accounts
from statewright.auth.models import Membership
from statewright.http import Api

app = Api(permission="account:read")


@app.get("/v1/auth/workspaces", summary="List one's workspaces", tags=["auth"])
def list_own_workspaces() -> list[Membership]:
    """The workspaces that the caller belongs to."""
    return accounts.list_workspaces(app.caller())


handler = app.handler()
