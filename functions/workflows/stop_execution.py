"""POST /v1/executions/{execution_id}/stop: stops an execution."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.workflows import executions
from statewright.workflows.models import ExecutionDetail, StopRequest

app = Api(permission="executions:run")


@app.post("/v1/executions/<execution_id>/stop", summary="Stop an execution", tags=["executions"])
def stop_execution(execution_id: str, request: Annotated[StopRequest, Body()]) -> ExecutionDetail:
    """Stops an execution that runs or waits."""
    caller = app.caller()
    return executions.stop(caller.workspace_id, execution_id, request.reason, caller.user_id)


handler = app.handler()
