"""GET /v1/tasks/{task_id}: one human task."""

from statewright.http import Api
from statewright.tasks import listing
from statewright.tasks.models import TaskDetail

app = Api(permission="approvals:read")


@app.get("/v1/tasks/<task_id>", summary="Get a human task", tags=["tasks"])
def get_task(task_id: str) -> TaskDetail:
    """A task with its form, those who are asked, and all that was done."""
    return listing.get(app.caller(), task_id)


handler = app.handler()
