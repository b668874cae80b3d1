"""POST /v1/webhooks/{webhook_id}/messages/{message_id}/replay: send a webhook's message again."""

from statewright.http import Api
from statewright.integrations.endpoints import managing
from statewright.integrations.endpoints.models import WebhookMessage

app = Api(permission="webhooks:write")


@app.post(
    "/v1/webhooks/<webhook_id>/messages/<message_id>/replay",
    status_code=202,
    summary="Send a webhook's message again",
    tags=["webhooks-out"],
)
def replay_webhook_message(webhook_id: str, message_id: str) -> WebhookMessage:
    """The same message, with the same id."""
    return managing.replay(app.caller(), webhook_id, message_id)


handler = app.handler()
