"""POST /v1/workflows/{workflow_id}/archive: files a workflow away."""

from aws_lambda_powertools.event_handler import Response

from statewright.http import Api
from statewright.http.etags import header_of, tagged
from statewright.workflows import life_cycle
from statewright.workflows.locking import Expected, tag_of
from statewright.workflows.models import WorkflowDetail

app = Api(permission="workflows:write")


@app.post(
    "/v1/workflows/<workflow_id>/archive",
    summary="Archive a workflow",
    tags=["workflows"],
)
def archive_workflow(workflow_id: str) -> Response[WorkflowDetail]:
    """Turns a workflow off and hides it from lists; what runs goes on."""
    expected = Expected.of(header_of(app.current_event, "If-Match"))
    changed = life_cycle.archive(app.caller().workspace_id, workflow_id, expected)
    return tagged(changed, tag_of(changed.revision))


handler = app.handler()
