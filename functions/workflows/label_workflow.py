"""PATCH /v1/workflows/{workflow_id}: tags, folder and retention."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.http.etags import header_of, tagged
from statewright.workflows import life_cycle
from statewright.workflows.life_cycle_models import Labels
from statewright.workflows.locking import Expected, tag_of
from statewright.workflows.models import WorkflowDetail

app = Api(permission="workflows:write")


@app.patch(
    "/v1/workflows/<workflow_id>",
    summary="File a workflow",
    tags=["workflows"],
)
def label_workflow(
    workflow_id: str, request: Annotated[Labels, Body()]
) -> Response[WorkflowDetail]:
    """Changes tags, folder and how long history is kept; what is not sent stays as it is."""
    expected = Expected.of(header_of(app.current_event, "If-Match"))
    changed = life_cycle.label(app.caller().workspace_id, workflow_id, request, expected)
    return tagged(changed, tag_of(changed.revision))


handler = app.handler()
