"""POST /v1/workflows/{workflow_id}/restore: takes a workflow out of the archive."""

from aws_lambda_powertools.event_handler import Response

from statewright.http import Api
from statewright.http.etags import header_of, tagged
from statewright.workflows import life_cycle
from statewright.workflows.locking import Expected, tag_of
from statewright.workflows.models import WorkflowDetail

app = Api(permission="workflows:write")


@app.post(
    "/v1/workflows/<workflow_id>/restore",
    summary="Restore a workflow",
    tags=["workflows"],
)
def restore_workflow(workflow_id: str) -> Response[WorkflowDetail]:
    """Takes a workflow out of the archive; it stays off until it is turned on."""
    expected = Expected.of(header_of(app.current_event, "If-Match"))
    changed = life_cycle.restore(app.caller().workspace_id, workflow_id, expected)
    return tagged(changed, tag_of(changed.revision))


handler = app.handler()
