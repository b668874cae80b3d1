"""POST /v1/test-runs/{run_id}/stop: ends a test run."""

from statewright.http import Api
from statewright.workflows import test_runs
from statewright.workflows.test_run_models import TestRun

app = Api(permission="workflows:write")


@app.post("/v1/test-runs/<run_id>/stop", summary="Stop a test run", tags=["workflows"])
def stop_test_run(run_id: str) -> TestRun:
    """Ends a test run that runs or waits."""
    return test_runs.stop(app.caller().workspace_id, run_id)


handler = app.handler()
