"""POST /v1/executions/{execution_id}/rerun: starts an execution once more."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.workflows import redoing
from statewright.workflows.execution_models import Rerun
from statewright.workflows.models import Started

app = Api(permission="executions:run")


@app.post(
    "/v1/executions/<execution_id>/rerun",
    status_code=202,
    summary="Run an execution again",
    tags=["executions"],
)
def rerun_execution(execution_id: str, request: Annotated[Rerun, Body()]) -> Started:
    """A new execution with the same input, or with another one that is sent."""
    caller = app.caller()
    return redoing.rerun(caller.workspace_id, caller.user_id, execution_id, request)


handler = app.handler()
