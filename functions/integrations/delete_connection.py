"""DELETE /v1/connections/{connection_id}: a connection that nothing published uses."""

from statewright.http import Api
from statewright.integrations import connections

app = Api(permission="connections:write")


@app.delete(
    "/v1/connections/<connection_id>",
    status_code=204,
    summary="Delete a connection",
    tags=["connections"],
)
def delete_connection(connection_id: str) -> None:
    """Forgets a connection, its secrets and the grants on it."""
    connections.delete(app.caller(), connection_id)


handler = app.handler()
