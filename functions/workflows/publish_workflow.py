"""POST /v1/workflows/{workflow_id}/versions: publishes the draft."""

from statewright.http import Api
from statewright.workflows import publishing
from statewright.workflows.models import Version

app = Api(permission="workflows:write")


@app.post(
    "/v1/workflows/<workflow_id>/versions",
    status_code=201,
    summary="Publish a workflow",
    tags=["workflows"],
)
def publish_workflow(workflow_id: str) -> Version:
    """Checks and compiles the draft, and makes it the version that triggers start."""
    caller = app.caller()
    return publishing.publish(caller.workspace_id, workflow_id, caller.user_id)


handler = app.handler()
