"""PUT /v1/workflows/{workflow_id}: replaces the draft."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.http.etags import header_of, tagged
from statewright.workflows import drafts
from statewright.workflows.locking import Expected, tag_of
from statewright.workflows.models import Revision, WorkflowDetail

app = Api(permission="workflows:write")


@app.put("/v1/workflows/<workflow_id>", summary="Change a workflow", tags=["workflows"])
def update_workflow(
    workflow_id: str, revision: Annotated[Revision, Body()]
) -> Response[WorkflowDetail]:
    """Replaces the draft, unless somebody else has changed it since. What is published stays."""
    expected = Expected.of(header_of(app.current_event, "If-Match"))
    changed = drafts.update(app.caller().workspace_id, workflow_id, revision, expected)
    return tagged(changed, tag_of(changed.revision))


handler = app.handler()
