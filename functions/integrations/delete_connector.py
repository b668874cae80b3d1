"""DELETE /v1/connectors/{connector}: deletes a connector."""

from aws_lambda_powertools.event_handler import Response

from statewright.http import Api
from statewright.integrations.connectors import managing

app = Api(permission="connectors:write")


@app.delete("/v1/connectors/<connector>", summary="Delete a connector", tags=["connectors"])
def delete_connector(connector: str) -> Response[None]:
    """Deletes one of the workspace's own connectors."""
    managing.delete(app.caller(), connector)
    return Response(204)


handler = app.handler()
