"""POST /v1/workflows/{workflow_id}/duplicate: a copy of a workflow."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.http.etags import tagged
from statewright.workflows import life_cycle
from statewright.workflows.life_cycle_models import Copy
from statewright.workflows.locking import tag_of
from statewright.workflows.models import WorkflowDetail

app = Api(permission="workflows:write")


@app.post(
    "/v1/workflows/<workflow_id>/duplicate",
    status_code=201,
    summary="Copy a workflow",
    tags=["workflows"],
)
def duplicate_workflow(
    workflow_id: str, request: Annotated[Copy, Body()]
) -> Response[WorkflowDetail]:
    """A new workflow with the same draft, comments and tags; nothing of it is published."""
    copy = life_cycle.duplicate(app.caller().workspace_id, workflow_id, request)
    return tagged(copy, tag_of(copy.revision), 201)


handler = app.handler()
