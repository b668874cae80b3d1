"""GET /v1/workflows/{workflow_id}/deliveries/{delivery_id}: a call of a webhook."""

from statewright.http import Api
from statewright.workflows.triggers import deliveries
from statewright.workflows.triggers.delivery_models import WebhookDeliveryDetail

app = Api(permission="executions:read")


@app.get(
    "/v1/workflows/<workflow_id>/deliveries/<delivery_id>",
    summary="See a webhook delivery",
    tags=["webhooks"],
)
def get_webhook_delivery(workflow_id: str, delivery_id: str) -> WebhookDeliveryDetail:
    """A call with its headers, without credentials, and its body, as far as they were kept."""
    return deliveries.get(app.caller(), workflow_id, delivery_id)


handler = app.handler()
