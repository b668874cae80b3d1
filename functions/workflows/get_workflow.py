"""GET /v1/workflows/{workflow_id}: a workflow with its draft."""

from statewright.http import Api
from statewright.workflows import drafts
from statewright.workflows.models import WorkflowDetail

app = Api(permission="workflows:read")


@app.get("/v1/workflows/<workflow_id>", summary="Show a workflow", tags=["workflows"])
def get_workflow(workflow_id: str) -> WorkflowDetail:
    """A workflow with its draft and the URLs that start it."""
    return drafts.get(app.caller().workspace_id, workflow_id)


handler = app.handler()
