"""PUT /v1/failure-handling: what follows failures in the workspace."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.workflows import failure_defaults
from statewright.workflows.failure_defaults import FailureDefault

app = Api(permission="workspace:write")


@app.put("/v1/failure-handling", summary="Set the failure handling", tags=["workflows"])
def put_failure_handling(default: Annotated[FailureDefault, Body()]) -> FailureDefault:
    """Sets whom failures are told and what starts, where a workflow says nothing of its own."""
    return failure_defaults.put(app.caller(), default)


handler = app.handler()
