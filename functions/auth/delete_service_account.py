"""DELETE /v1/service-accounts/{account_id}: ends a program's account."""

from statewright.auth import service_accounts
from statewright.http import Api

app = Api(permission="service-accounts:write")


@app.delete(
    "/v1/service-accounts/<account_id>",
    status_code=204,
    summary="Delete a service account",
    tags=["auth"],
)
def delete_service_account(account_id: str) -> None:
    """Removes a service account; its keys stop working."""
    service_accounts.delete(app.caller(), account_id)


handler = app.handler()
