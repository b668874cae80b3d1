"""GET /v1/test-runs/{run_id}: a test run, step by step."""

from statewright.http import Api
from statewright.workflows import test_runs
from statewright.workflows.test_run_models import TestRun

app = Api(permission="workflows:write")


@app.get("/v1/test-runs/<run_id>", summary="Show a test run", tags=["workflows"])
def get_test_run(run_id: str) -> TestRun:
    """What became of each step so far."""
    return test_runs.get(app.caller().workspace_id, run_id)


handler = app.handler()
