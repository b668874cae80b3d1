"""PATCH /v1/connections/{connection_id}: title, sharing, expiry."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.integrations import connections
from statewright.integrations.connection_models import Connection, ConnectionChange

app = Api(permission="connections:write")


@app.patch("/v1/connections/<connection_id>", summary="Change a connection", tags=["connections"])
def update_connection(
    connection_id: str, wanted: Annotated[ConnectionChange, Body()]
) -> Connection:
    """Changes what is said about a connection; what is not given stays."""
    return connections.change(app.caller(), connection_id, wanted)


handler = app.handler()
