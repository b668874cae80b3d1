"""GET /v1/scim/v2/{endpoint}/{resource_id}: a user or group."""

from aws_lambda_powertools.event_handler import Response

from statewright.auth.scim import endpoints
from statewright.auth.scim.api import ScimApi, answer

app = ScimApi()


@app.get("/v1/scim/v2/<endpoint>/<resource_id>", summary="Show a resource by SCIM", tags=["auth"])
def get_scim_resource(endpoint: str, resource_id: str) -> Response[str]:
    """Shows one resource."""
    return answer(endpoints.show(app.caller(), endpoint, resource_id, app.query()))


handler = app.handler()
