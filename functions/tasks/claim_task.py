"""PUT /v1/tasks/{task_id}/claim: says that one works on it."""

from statewright.http import Api
from statewright.tasks import handling, listing
from statewright.tasks.models import TaskDetail

app = Api(permission="approvals:decide")


@app.put("/v1/tasks/<task_id>/claim", summary="Claim a human task", tags=["tasks"])
def claim_task(task_id: str) -> TaskDetail:
    """Keeps the others from deciding while the caller works on it."""
    caller = app.caller()
    handling.claim(caller, task_id)
    return listing.get(caller, task_id)


handler = app.handler()
