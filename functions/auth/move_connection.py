"""PUT /v1/connections/{connection_id}/folder: where a connection lies."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import folders
from statewright.auth.access_models import Move
from statewright.http import Api

app = Api(permission="connections:write")


@app.put(
    "/v1/connections/<connection_id>/folder",
    status_code=204,
    summary="Move a connection",
    tags=["connections"],
)
def move_connection(connection_id: str, move: Annotated[Move, Body()]) -> None:
    """Puts a connection into a folder, or to the top."""
    folders.move(app.caller(), "connection", connection_id, move)


handler = app.handler()
