"""DELETE /v1/notification-suppressions: sends to an address again."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api
from statewright.notifications import accounts

app = Api(permission="notifications:write")


@app.delete(
    "/v1/notification-suppressions",
    status_code=204,
    summary="Release an address",
    tags=["notifications"],
)
def release_address(
    channel: Annotated[str, Query()],
    address: Annotated[str, Query()],
    category: Annotated[str, Query()] = "*",
) -> None:
    """Sends to an address again."""
    accounts.release(app.caller(), channel, address, category)


handler = app.handler()
