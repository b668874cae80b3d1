"""POST /v1/workflows/{workflow_id}/deliveries/{delivery_id}/replay: a call once more."""

from statewright.http import Api
from statewright.workflows.triggers import deliveries
from statewright.workflows.triggers.delivery_models import Replayed

app = Api(permission="executions:run")


@app.post(
    "/v1/workflows/<workflow_id>/deliveries/<delivery_id>/replay",
    status_code=202,
    summary="Replay a webhook delivery",
    tags=["webhooks"],
)
def replay_webhook_delivery(workflow_id: str, delivery_id: str) -> Replayed:
    """Starts a new execution with what was delivered, whatever was started before."""
    return deliveries.replay(app.caller(), workflow_id, delivery_id)


handler = app.handler()
