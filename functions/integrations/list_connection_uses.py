"""GET /v1/connections/{connection_id}/uses: the workflows that use a connection."""

from statewright.http import Api
from statewright.integrations import connections
from statewright.integrations.connection_models import Use

app = Api(permission="connections:read")


@app.get(
    "/v1/connections/<connection_id>/uses",
    summary="See what uses a connection",
    tags=["connections"],
)
def list_connection_uses(connection_id: str) -> list[Use]:
    """Workflows that name the connection, in their draft or in what is published."""
    return connections.uses(app.caller(), connection_id)


handler = app.handler()
