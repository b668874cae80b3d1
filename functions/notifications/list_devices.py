"""GET /v1/devices: one's devices."""

from statewright.http import Api
from statewright.notifications import devices
from statewright.notifications.people_models import Device

app = Api(permission="account:read")


@app.get("/v1/devices", summary="List one's devices", tags=["notifications"])
def list_devices() -> list[Device]:
    """One's devices."""
    return devices.list_all(app.caller())


handler = app.handler()
