"""GET /v1/ai/tasks/{task_id}: what the assistant is doing, and what came of it."""

from statewright.ai.assistant import tasks
from statewright.ai.assistant.models import Task
from statewright.http import Api

app = Api(permission="ai:use")


@app.get("/v1/ai/tasks/<task_id>", summary="Show a task of the assistant", tags=["ai"])
def get_ai_task(task_id: str) -> Task:
    """A task of one's own with its progress."""
    return tasks.get(app.caller(), task_id)


handler = app.handler()
