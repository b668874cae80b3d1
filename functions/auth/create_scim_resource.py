"""POST /v1/scim/v2/{endpoint}: a new user or group."""

from aws_lambda_powertools.event_handler import Response

from statewright.auth.scim import endpoints
from statewright.auth.scim.api import ScimApi, answer

app = ScimApi()


@app.post("/v1/scim/v2/<endpoint>", summary="Make a resource by SCIM", tags=["auth"])
def create_scim_resource(endpoint: str) -> Response[str]:
    """Makes a member or a group."""
    return answer(endpoints.create(app.caller(), endpoint, app.body()), 201)


handler = app.handler()
