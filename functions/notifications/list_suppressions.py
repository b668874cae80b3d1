"""GET /v1/notification-suppressions: addresses that get nothing, and why."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api, Page
from statewright.notifications import accounts
from statewright.notifications.account_models import Suppression

app = Api(permission="notifications:read")


@app.get("/v1/notification-suppressions", summary="List suppressions", tags=["notifications"])
def list_suppressions(
    cursor: Annotated[str | None, Query()] = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> Page[Suppression]:
    """Addresses that get nothing, and why."""
    return accounts.suppressions(app.caller().workspace_id, cursor, limit)


handler = app.handler()
