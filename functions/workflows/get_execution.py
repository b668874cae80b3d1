"""GET /v1/executions/{execution_id}: an execution, step by step."""

from statewright.http import Api
from statewright.workflows import executions
from statewright.workflows.models import ExecutionDetail

app = Api(permission="executions:read")


@app.get("/v1/executions/<execution_id>", summary="Show an execution", tags=["executions"])
def get_execution(execution_id: str) -> ExecutionDetail:
    """An execution with its input, its output and what became of each step."""
    return executions.get(app.caller().workspace_id, execution_id)


handler = app.handler()
