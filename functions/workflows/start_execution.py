"""POST /v1/workflows/{workflow_id}/executions: starts the published version."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.workflows import starting
from statewright.workflows.models import Start, Started

app = Api(permission="executions:run")


@app.post(
    "/v1/workflows/<workflow_id>/executions",
    status_code=202,
    summary="Start a workflow",
    tags=["executions"],
)
def start_execution(workflow_id: str, start: Annotated[Start, Body()]) -> Started:
    """Starts an execution by hand. An Idempotency-Key starts one execution however often it is
    sent; with another input it is refused (422)."""
    caller, key = app.caller(), app.current_event.headers.get("idempotency-key")
    return starting.start_by_hand(caller.workspace_id, caller.user_id, workflow_id, start, key)


handler = app.handler()
