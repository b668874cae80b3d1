"""PUT /v1/workflows/{workflow_id}/triggers/{trigger_id}/state: pauses a trigger, or resumes it."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.workflows.triggers import switching
from statewright.workflows.triggers.models import PublishedTrigger, State

app = Api(permission="workflows:write")


@app.put(
    "/v1/workflows/<workflow_id>/triggers/<trigger_id>/state",
    summary="Turn a trigger on or off",
    tags=["triggers"],
)
def set_trigger_state(
    workflow_id: str, trigger_id: str, state: Annotated[State, Body()]
) -> PublishedTrigger:
    """Off, this trigger starts nothing, over later versions too, until it is turned on."""
    workspace = app.caller().workspace_id
    return switching.switch_trigger(workspace, workflow_id, trigger_id, state.state)


handler = app.handler()
