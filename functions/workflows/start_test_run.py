"""POST /v1/workflows/{workflow_id}/test-runs: tries a draft out."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.workflows import test_runs
from statewright.workflows.test_run_models import TestRun, TestRunRequest

app = Api(permission="workflows:write")


@app.post(
    "/v1/workflows/<workflow_id>/test-runs",
    status_code=202,
    summary="Try a draft",
    tags=["workflows"],
)
def start_test_run(workflow_id: str, request: Annotated[TestRunRequest, Body()]) -> TestRun:
    """Runs the draft, a part of it or one step, with pinned outputs in the place of work."""
    caller = app.caller()
    return test_runs.begin(caller.workspace_id, caller.user_id, workflow_id, request)


handler = app.handler()
