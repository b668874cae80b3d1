"""POST /v1/connectors/diff: what importing a description would change."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.integrations.connectors import managing
from statewright.integrations.connectors.models import Difference, NewConnector

app = Api(permission="connectors:write")


@app.post("/v1/connectors/diff", summary="Compare a description", tags=["connectors"])
def compare_connector(new: Annotated[NewConnector, Body()]) -> Difference:
    """Operations that would be added, changed and removed, and the workflows that use those."""
    return managing.import_(app.caller(), new, dry_run=True)


handler = app.handler()
