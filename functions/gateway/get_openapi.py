"""GET /openapi.json: the whole API's description."""

from aws_lambda_powertools.event_handler import Response

from statewright.gateway import document
from statewright.http import Api

app = Api(permission=None)


@app.get("/openapi.json", summary="Describe the API", tags=["gateway"])
def get_openapi() -> Response[str]:
    """One OpenAPI 3.1 document of all endpoints, with their permissions, refusals and examples."""
    return Response(200, "application/json", document.served())


handler = app.handler()
