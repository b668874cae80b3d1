"""DELETE /v1/notification-providers/{channel}/{name}: forgets an account."""

from statewright.http import Api
from statewright.notifications import accounts

app = Api(permission="notification-providers:write")


@app.delete(
    "/v1/notification-providers/<channel>/<name>",
    status_code=204,
    summary="Forget an account at a provider",
    tags=["notifications"],
)
def delete_provider(channel: str, name: str) -> None:
    """Forgets an account."""
    accounts.delete(app.caller(), channel, name)


handler = app.handler()
