"""GET /v1/failure-handling: what follows failures in the workspace."""

from statewright.http import Api
from statewright.workflows import failure_defaults
from statewright.workflows.failure_defaults import FailureDefault

app = Api(permission="workspace:read")


@app.get("/v1/failure-handling", summary="Get the failure handling", tags=["workflows"])
def get_failure_handling() -> FailureDefault:
    """Whom failures are told and what starts, where a workflow says nothing of its own."""
    return failure_defaults.get(app.caller())


handler = app.handler()
