"""GET /v1/executions/{execution_id}: an execution, step by step."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api
from statewright.workflows import executions
from statewright.workflows.models import ExecutionDetail

app = Api(permission="executions:read")


@app.get("/v1/executions/<execution_id>", summary="Show an execution", tags=["executions"])
def get_execution(
    execution_id: str,
    wait: Annotated[int, Query(ge=0, le=20)] = 0,
    after: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> ExecutionDetail:
    """Input, output and what became of each step; ``wait``: seconds to wait for news after an
    event (``last_event`` of the answer before)."""
    workspace_id = app.caller().workspace_id
    return executions.get(workspace_id, execution_id, wait=wait, after=after)


handler = app.handler()
