"""PUT /v1/workflows/{workflow_id}/state: turns a workflow on or off."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.workflows.triggers import switching
from statewright.workflows.triggers.models import State, WorkflowState

app = Api(permission="workflows:write")


@app.put(
    "/v1/workflows/<workflow_id>/state", summary="Turn a workflow on or off", tags=["triggers"]
)
def set_workflow_state(workflow_id: str, state: Annotated[State, Body()]) -> WorkflowState:
    """Off, nothing starts the workflow from this moment; executions that run go on."""
    return switching.switch(app.caller().workspace_id, workflow_id, state.state)


handler = app.handler()
