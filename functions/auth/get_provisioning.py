"""GET /v1/provisioning: whether an identity provider provisions the workspace."""

from statewright.auth.scim import turning_on
from statewright.auth.scim.turning_on import Provisioning
from statewright.http import Api

app = Api(permission="identity:read")


@app.get("/v1/provisioning", summary="Show provisioning", tags=["auth"])
def get_provisioning() -> Provisioning:
    """Shows whether and how the workspace is provisioned."""
    return turning_on.get(app.caller().workspace_id)


handler = app.handler()
