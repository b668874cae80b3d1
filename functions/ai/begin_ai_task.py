"""POST /v1/ai/tasks: asks the assistant for a workflow, a change, an explanation, a repair."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.ai.assistant import tasks
from statewright.ai.assistant.models import Task, TaskRequest
from statewright.http import Api

app = Api(permission="ai:use")


@app.post("/v1/ai/tasks", status_code=202, summary="Ask the assistant", tags=["ai"])
def begin_ai_task(request: Annotated[TaskRequest, Body()]) -> Task:
    """Begins a task. Nothing that it makes is stored as a workflow, published or run."""
    return tasks.begin(app.caller(), request)


handler = app.handler()
