"""POST /v1/tasks/{task_id}/delegation: asks somebody else in one's place."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.tasks import handling, listing
from statewright.tasks.models import Delegation, TaskDetail

app = Api(permission="approvals:decide")


@app.post("/v1/tasks/<task_id>/delegation", summary="Delegate a human task", tags=["tasks"])
def delegate_task(task_id: str, delegation: Annotated[Delegation, Body()]) -> TaskDetail:
    """Asks somebody else in the caller's place."""
    caller = app.caller()
    handling.delegate(caller, task_id, delegation)
    return listing.get(caller, task_id)


handler = app.handler()
