"""POST /v1/notification-suppressions: sends nothing to an address any more."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.notifications import accounts
from statewright.notifications.account_models import NewSuppression

app = Api(permission="notifications:write")


@app.post(
    "/v1/notification-suppressions",
    status_code=204,
    summary="Suppress an address",
    tags=["notifications"],
)
def suppress_address(wanted: Annotated[NewSuppression, Body()]) -> None:
    """Sends nothing to an address any more."""
    accounts.suppress(app.caller(), wanted)


handler = app.handler()
