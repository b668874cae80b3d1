"""POST /v1/connectors: imports a description as a connector."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.integrations.connectors import managing
from statewright.integrations.connectors.models import Difference, NewConnector

app = Api(permission="connectors:write")


@app.post("/v1/connectors", status_code=201, summary="Import a connector", tags=["connectors"])
def import_connector(new: Annotated[NewConnector, Body()]) -> Difference:
    """Imports OpenAPI, Swagger or a declaration; what was there under the name is replaced."""
    return managing.import_(app.caller(), new, dry_run=False)


handler = app.handler()
