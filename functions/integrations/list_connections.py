"""GET /v1/connections: the connections that one may see."""

from statewright.http import Api
from statewright.integrations import connections
from statewright.integrations.connection_models import Connection

app = Api(permission="connections:read")


@app.get("/v1/connections", summary="List connections", tags=["connections"])
def list_connections() -> list[Connection]:
    """Connections by name, without their secrets."""
    return connections.list_all(app.caller())


handler = app.handler()
