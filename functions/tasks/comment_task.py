"""POST /v1/tasks/{task_id}/comments: says something about it."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.tasks import handling, listing
from statewright.tasks.models import NewComment, TaskDetail

app = Api(permission="approvals:decide")


@app.post("/v1/tasks/<task_id>/comments", summary="Comment on a human task", tags=["tasks"])
def comment_task(task_id: str, comment: Annotated[NewComment, Body()]) -> TaskDetail:
    """Says something without deciding."""
    caller = app.caller()
    handling.comment(caller, task_id, comment)
    return listing.get(caller, task_id)


handler = app.handler()
