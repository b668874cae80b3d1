"""GET /v1/webhooks/{webhook_id}/messages/{message_id}: see a webhook's message."""

from statewright.http import Api
from statewright.integrations.endpoints import managing
from statewright.integrations.endpoints.models import WebhookMessageDetail

app = Api(permission="webhooks:read")


@app.get(
    "/v1/webhooks/<webhook_id>/messages/<message_id>",
    summary="See a webhook's message",
    tags=["webhooks-out"],
)
def get_webhook_message(webhook_id: str, message_id: str) -> WebhookMessageDetail:
    """A message with every attempt to send it."""
    return managing.get_message(app.caller(), webhook_id, message_id)


handler = app.handler()
