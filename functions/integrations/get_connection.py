"""GET /v1/connections/{connection_id}: a connection."""

from statewright.http import Api
from statewright.integrations import connections
from statewright.integrations.connection_models import Connection

app = Api(permission="connections:read")


@app.get("/v1/connections/<connection_id>", summary="See a connection", tags=["connections"])
def get_connection(connection_id: str) -> Connection:
    """A connection, without its secrets."""
    return connections.get(app.caller(), connection_id)


handler = app.handler()
