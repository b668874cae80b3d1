"""GET /v1/deliveries/{delivery_id}: a delivery with its timeline."""

from statewright.http import Api
from statewright.notifications import tracking
from statewright.notifications.models import DeliveryDetail

app = Api(permission="notifications:read")


@app.get("/v1/deliveries/<delivery_id>", summary="Show a delivery", tags=["notifications"])
def get_delivery(delivery_id: str) -> DeliveryDetail:
    """A delivery with its timeline."""
    return tracking.delivery(app.caller().workspace_id, delivery_id)


handler = app.handler()
