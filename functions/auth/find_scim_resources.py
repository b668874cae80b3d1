"""GET /v1/scim/v2/{endpoint}: a list of users or groups, or what SCIM is supported."""

from aws_lambda_powertools.event_handler import Response

from statewright.auth.scim import endpoints
from statewright.auth.scim.api import ScimApi, answer

app = ScimApi()


@app.get("/v1/scim/v2/<endpoint>", summary="List resources by SCIM", tags=["auth"])
def find_scim_resources(endpoint: str) -> Response[str]:
    """Lists what an endpoint has, filtered and by pages."""
    return answer(endpoints.show_list(app.caller(), endpoint, app.query()))


handler = app.handler()
