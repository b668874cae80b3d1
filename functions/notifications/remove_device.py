"""DELETE /v1/devices/{device_id}: forgets a device."""

from statewright.http import Api
from statewright.notifications import devices

app = Api(permission="account:write")


@app.delete(
    "/v1/devices/<device_id>", status_code=204, summary="Remove a device", tags=["notifications"]
)
def remove_device(device_id: str) -> None:
    """Forgets a device."""
    devices.remove(app.caller(), device_id)


handler = app.handler()
