"""POST /v1/executions/{execution_id}/redrive: lets a failed execution go on."""

from statewright.http import Api
from statewright.workflows import redoing
from statewright.workflows.models import ExecutionDetail

app = Api(permission="executions:run")


@app.post(
    "/v1/executions/<execution_id>/redrive", summary="Redrive an execution", tags=["executions"]
)
def redrive_execution(execution_id: str) -> ExecutionDetail:
    """Goes on from the step that failed, timed out or was stopped; what succeeded is kept."""
    return redoing.redrive(app.caller().workspace_id, execution_id)


handler = app.handler()
