"""PUT /v1/tasks/{task_id}/assignees: asks others."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.tasks import handling, listing
from statewright.tasks.models import Assignment, TaskDetail

app = Api(permission="approvals:manage")


@app.put("/v1/tasks/<task_id>/assignees", summary="Reassign a human task", tags=["tasks"])
def reassign_task(task_id: str, assignment: Annotated[Assignment, Body()]) -> TaskDetail:
    """Asks others instead of those who have not answered."""
    caller = app.caller()
    handling.reassign(caller, task_id, assignment)
    return listing.get(caller, task_id)


handler = app.handler()
