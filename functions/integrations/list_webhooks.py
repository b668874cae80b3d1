"""GET /v1/webhooks: list webhooks."""

from statewright.http import Api
from statewright.integrations.endpoints import managing
from statewright.integrations.endpoints.models import WebhookEndpoint

app = Api(permission="webhooks:read")


@app.get("/v1/webhooks", summary="List webhooks", tags=["webhooks-out"])
def list_webhooks() -> list[WebhookEndpoint]:
    """Where the workspace's events are sent, the oldest first."""
    return managing.list_all(app.caller())


handler = app.handler()
