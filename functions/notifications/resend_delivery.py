"""POST /v1/deliveries/{delivery_id}/resend: sends a settled delivery once more."""

from statewright.http import Api
from statewright.notifications import tracking
from statewright.notifications.models import DeliveryDetail

app = Api(permission="notifications:send")


@app.post(
    "/v1/deliveries/<delivery_id>/resend",
    status_code=202,
    summary="Send a delivery again",
    tags=["notifications"],
)
def resend_delivery(delivery_id: str) -> DeliveryDetail:
    """Sends a settled delivery once more."""
    caller = app.caller()
    return tracking.resend(caller.workspace_id, delivery_id, f"{caller.kind}:{caller.user_id}")


handler = app.handler()
