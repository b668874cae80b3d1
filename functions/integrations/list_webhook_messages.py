"""GET /v1/webhooks/{webhook_id}/messages: list a webhook's messages."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api, Page
from statewright.integrations.endpoints import managing
from statewright.integrations.endpoints.models import Status, WebhookMessage

app = Api(permission="webhooks:read")


@app.get(
    "/v1/webhooks/<webhook_id>/messages", summary="List a webhook's messages", tags=["webhooks-out"]
)
def list_webhook_messages(
    webhook_id: str,
    status: Annotated[Status | None, Query()] = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[WebhookMessage]:
    """What was sent, or is to be, the newest first."""
    return managing.list_messages(app.caller(), webhook_id, status, cursor, limit)


handler = app.handler()
