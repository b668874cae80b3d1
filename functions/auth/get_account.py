"""GET /v1/auth/account: who one is, and what one may do."""

from statewright.auth import accounts
from statewright.auth.models import Account
from statewright.http import Api

app = Api(permission="account:read")


@app.get("/v1/auth/account", summary="Show one's own account", tags=["auth"])
def get_account() -> Account:
    """The caller's account, workspace, role and permissions."""
    return accounts.account(app.caller())


handler = app.handler()
