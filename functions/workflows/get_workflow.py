"""GET /v1/workflows/{workflow_id}: a workflow with its draft."""

from aws_lambda_powertools.event_handler import Response

from statewright.http import Api
from statewright.http.etags import tagged
from statewright.workflows import drafts
from statewright.workflows.locking import tag_of
from statewright.workflows.models import WorkflowDetail

app = Api(permission="workflows:read")


@app.get("/v1/workflows/<workflow_id>", summary="Show a workflow", tags=["workflows"])
def get_workflow(workflow_id: str) -> Response[WorkflowDetail]:
    """A workflow with its draft and the URLs that start it; its ETag is for ``If-Match``."""
    found = drafts.get(app.caller().workspace_id, workflow_id)
    return tagged(found, tag_of(found.revision))


handler = app.handler()
