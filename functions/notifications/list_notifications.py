"""GET /v1/notifications: requests with their progress."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api, Page
from statewright.notifications import tracking
from statewright.notifications.models import Notification

app = Api(permission="notifications:read")


@app.get("/v1/notifications", summary="List notifications", tags=["notifications"])
def list_notifications(
    category: Annotated[str | None, Query()] = None,
    cursor: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[Notification]:
    """Requests with their progress."""
    return tracking.list_page(app.caller().workspace_id, category, cursor, limit)


handler = app.handler()
