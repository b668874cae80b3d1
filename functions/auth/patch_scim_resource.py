"""PATCH /v1/scim/v2/{endpoint}/{resource_id}: parts of a user or group, changed."""

from aws_lambda_powertools.event_handler import Response

from statewright.auth.scim import endpoints
from statewright.auth.scim.api import ScimApi, answer

app = ScimApi()


@app.patch(
    "/v1/scim/v2/<endpoint>/<resource_id>", summary="Change a resource by SCIM", tags=["auth"]
)
def patch_scim_resource(endpoint: str, resource_id: str) -> Response[str]:
    """Changes parts of what the identity provider says of a member or a group."""
    return answer(endpoints.patch(app.caller(), endpoint, resource_id, app.body()))


handler = app.handler()
