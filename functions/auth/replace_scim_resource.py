"""PUT /v1/scim/v2/{endpoint}/{resource_id}: a user or group, replaced."""

from aws_lambda_powertools.event_handler import Response

from statewright.auth.scim import endpoints
from statewright.auth.scim.api import ScimApi, answer

app = ScimApi()


@app.put(
    "/v1/scim/v2/<endpoint>/<resource_id>", summary="Replace a resource by SCIM", tags=["auth"]
)
def replace_scim_resource(endpoint: str, resource_id: str) -> Response[str]:
    """Replaces what the identity provider says of a member or a group."""
    return answer(endpoints.replace(app.caller(), endpoint, resource_id, app.body()))


handler = app.handler()
