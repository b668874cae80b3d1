"""DELETE /v1/tasks/{task_id}/claim: says that one does not work on it any more."""

from statewright.http import Api
from statewright.tasks import handling, listing
from statewright.tasks.models import TaskDetail

app = Api(permission="approvals:decide")


@app.delete("/v1/tasks/<task_id>/claim", summary="Release a human task", tags=["tasks"])
def release_task(task_id: str) -> TaskDetail:
    """Lets the others decide again."""
    caller = app.caller()
    handling.release(caller, task_id)
    return listing.get(caller, task_id)


handler = app.handler()
