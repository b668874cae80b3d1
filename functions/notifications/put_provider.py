"""PUT /v1/notification-providers/{channel}/{name}: sets a channel's account at a provider."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.notifications import accounts
from statewright.notifications.account_models import Provider, ProviderAccount

app = Api(permission="notification-providers:write")


@app.put(
    "/v1/notification-providers/<channel>/<name>",
    summary="Set an account at a provider",
    tags=["notifications"],
)
def put_provider(channel: str, name: str, wanted: Annotated[ProviderAccount, Body()]) -> Provider:
    """Sets a channel's account at a provider."""
    return accounts.put(app.caller(), channel, name, wanted)


handler = app.handler()
