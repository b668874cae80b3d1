"""DELETE /v1/provisioning: the identity provider changes nothing here any more."""

from statewright.auth.scim import turning_on
from statewright.http import Api

app = Api(permission="identity:write")


@app.delete("/v1/provisioning", status_code=204, summary="Turn provisioning off", tags=["auth"])
def turn_off_provisioning() -> None:
    """Turns provisioning off; members and groups stay."""
    turning_on.turn_off(app.caller())


handler = app.handler()
