"""GET /v1/notifications/{notification_id}/deliveries: a request's deliveries, by status."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api, Page
from statewright.notifications import tracking
from statewright.notifications.models import Delivery

app = Api(permission="notifications:read")


@app.get(
    "/v1/notifications/<notification_id>/deliveries",
    summary="List a notification's deliveries",
    tags=["notifications"],
)
def list_deliveries(
    notification_id: str,
    status: Annotated[str | None, Query()] = None,
    cursor: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[Delivery]:
    """A request's deliveries, by status."""
    return tracking.deliveries(app.caller().workspace_id, notification_id, status, cursor, limit)


handler = app.handler()
