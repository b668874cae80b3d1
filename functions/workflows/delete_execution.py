"""DELETE /v1/executions/{execution_id}: removes an execution that has ended."""

from statewright.http import Api
from statewright.workflows import redoing

app = Api(permission="executions:delete")


@app.delete(
    "/v1/executions/<execution_id>",
    status_code=204,
    summary="Delete an execution",
    tags=["executions"],
)
def delete_execution(execution_id: str) -> None:
    """Removes an execution from lists and searches, before retention would."""
    redoing.delete(app.caller().workspace_id, execution_id)


handler = app.handler()
