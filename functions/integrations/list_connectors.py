"""GET /v1/connectors: the workspace's connectors, and those that everybody has."""

from statewright.http import Api
from statewright.integrations.connectors import managing
from statewright.integrations.connectors.models import Connector

app = Api(permission="connectors:read")


@app.get("/v1/connectors", summary="List connectors", tags=["connectors"])
def list_connectors() -> list[Connector]:
    """All connectors, by name."""
    return managing.list_all(app.caller())


handler = app.handler()
