"""PUT /v1/notification-limits: sets how many messages an address gets in a day."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.notifications import accounts
from statewright.notifications.account_models import Limits

app = Api(permission="notification-providers:write")


@app.put("/v1/notification-limits", summary="Set limits", tags=["notifications"])
def put_limits(wanted: Annotated[Limits, Body()]) -> Limits:
    """Sets how many messages an address gets in a day."""
    return accounts.put_limits(app.caller(), wanted)


handler = app.handler()
