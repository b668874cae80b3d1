"""POST /v1/connections: what a workspace signs in to another system with."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.integrations import connections
from statewright.integrations.connection_models import Connection, NewConnection

app = Api(permission="connections:write")


@app.post("/v1/connections", status_code=201, summary="Make a connection", tags=["connections"])
def create_connection(new: Annotated[NewConnection, Body()]) -> Connection:
    """Seals the secrets; no endpoint gives them back."""
    return connections.create(app.caller(), new)


handler = app.handler()
