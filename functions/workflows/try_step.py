"""POST /v1/workflows/{workflow_id}/steps/{step_id}/trial: tries one step of a draft."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.workflows import trials
from statewright.workflows.test_run_models import Trial, TrialRequest

app = Api(permission="workflows:write")


@app.post(
    "/v1/workflows/<workflow_id>/steps/<step_id>/trial", summary="Try a step", tags=["workflows"]
)
def try_step(workflow_id: str, step_id: str, request: Annotated[TrialRequest, Body()]) -> Trial:
    """Tries a step with values for what it reads, really or with a stand-in for its work."""
    caller = app.caller()
    return trials.trial(caller.workspace_id, caller.user_id, workflow_id, step_id, request)


handler = app.handler()
