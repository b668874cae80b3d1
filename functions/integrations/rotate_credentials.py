"""PUT /v1/connections/{connection_id}/credentials: settings and secrets, anew."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.integrations import connections
from statewright.integrations.connection_models import Connection, NewCredentials

app = Api(permission="connections:write")


@app.put(
    "/v1/connections/<connection_id>/credentials",
    summary="Replace credentials",
    tags=["connections"],
)
def rotate_credentials(connection_id: str, wanted: Annotated[NewCredentials, Body()]) -> Connection:
    """Replaces settings and secrets as a whole, sealed with a new data key."""
    return connections.rotate(app.caller(), connection_id, wanted)


handler = app.handler()
