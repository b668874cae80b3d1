"""POST /v1/devices: a device for push messages."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.notifications import devices
from statewright.notifications.people_models import Device, NewDevice

app = Api(permission="account:write")


@app.post("/v1/devices", status_code=201, summary="Register a device", tags=["notifications"])
def register_device(wanted: Annotated[NewDevice, Body()]) -> Device:
    """A device for push messages."""
    return devices.register(app.caller(), wanted)


handler = app.handler()
