"""GET /v1/connectors/{connector}: one connector."""

from statewright.http import Api
from statewright.integrations.connectors import managing
from statewright.integrations.connectors.models import Connector

app = Api(permission="connectors:read")


@app.get("/v1/connectors/<connector>", summary="Show a connector", tags=["connectors"])
def get_connector(connector: str) -> Connector:
    """A connector with its servers, its security schemes and what is wrong with its document."""
    return managing.get(app.caller(), connector)


handler = app.handler()
