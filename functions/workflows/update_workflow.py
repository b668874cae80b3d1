"""PUT /v1/workflows/{workflow_id}: replaces the draft."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.workflows import drafts
from statewright.workflows.models import Revision, WorkflowDetail

app = Api(permission="workflows:write")


@app.put("/v1/workflows/<workflow_id>", summary="Change a workflow", tags=["workflows"])
def update_workflow(workflow_id: str, revision: Annotated[Revision, Body()]) -> WorkflowDetail:
    """Replaces the draft, unless somebody else has changed it since. What is published stays."""
    return drafts.update(app.caller().workspace_id, workflow_id, revision)


handler = app.handler()
