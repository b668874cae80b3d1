"""POST /v1/tasks/{task_id}/decision: one's answer."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.tasks import deciding, listing
from statewright.tasks.models import Decision, TaskDetail

app = Api(permission="approvals:decide")


@app.post("/v1/tasks/<task_id>/decision", summary="Decide a human task", tags=["tasks"])
def decide_task(task_id: str, decision: Annotated[Decision, Body()]) -> TaskDetail:
    """The caller's answer. Once it decides the task, the workflow goes on with it."""
    caller = app.caller()
    deciding.decide(caller, task_id, decision)
    return listing.get(caller, task_id)


handler = app.handler()
