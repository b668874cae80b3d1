"""GET /v1/webhooks/{webhook_id}: see a webhook."""

from statewright.http import Api
from statewright.integrations.endpoints import managing
from statewright.integrations.endpoints.models import WebhookEndpoint

app = Api(permission="webhooks:read")


@app.get("/v1/webhooks/<webhook_id>", summary="See a webhook", tags=["webhooks-out"])
def get_webhook(webhook_id: str) -> WebhookEndpoint:
    """An endpoint, without its secret."""
    return managing.get(app.caller(), webhook_id)


handler = app.handler()
