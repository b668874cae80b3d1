"""POST /v1/webhooks/{webhook_id}/test: test a webhook."""

from statewright.http import Api
from statewright.integrations.endpoints import managing
from statewright.integrations.endpoints.models import WebhookMessage

app = Api(permission="webhooks:write")


@app.post(
    "/v1/webhooks/<webhook_id>/test",
    status_code=202,
    summary="Test a webhook",
    tags=["webhooks-out"],
)
def test_webhook(webhook_id: str) -> WebhookMessage:
    """Sends an event of the type webhook.test."""
    return managing.send_test(app.caller(), webhook_id)


handler = app.handler()
