"""PUT /v1/provisioning: lets an identity provider provision the workspace, with a new key."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth.scim import turning_on
from statewright.auth.scim.turning_on import ProvisioningKey, ProvisioningSettings
from statewright.http import Api

app = Api(permission="identity:write")


@app.put("/v1/provisioning", summary="Turn provisioning on", tags=["auth"])
def turn_on_provisioning(wanted: Annotated[ProvisioningSettings, Body()]) -> ProvisioningKey:
    """Turns provisioning by SCIM on, or gives a new key."""
    return turning_on.turn_on(app.caller(), wanted)


handler = app.handler()
