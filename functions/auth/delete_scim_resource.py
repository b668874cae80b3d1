"""DELETE /v1/scim/v2/{endpoint}/{resource_id}: a user or group no more."""

from statewright.auth.scim import endpoints
from statewright.auth.scim.api import ScimApi

app = ScimApi()


@app.delete(
    "/v1/scim/v2/<endpoint>/<resource_id>",
    status_code=204,
    summary="Remove a resource by SCIM",
    tags=["auth"],
)
def delete_scim_resource(endpoint: str, resource_id: str) -> None:
    """Removes a member or a group."""
    endpoints.delete(app.caller(), endpoint, resource_id)


handler = app.handler()
