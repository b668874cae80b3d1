"""POST /v1/workflows: stores a new workflow."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.workflows import drafts
from statewright.workflows.models import NewWorkflow, WorkflowDetail

app = Api(permission="workflows:write")


@app.post("/v1/workflows", status_code=201, summary="Create a workflow", tags=["workflows"])
def create_workflow(draft: Annotated[NewWorkflow, Body()]) -> WorkflowDetail:
    """Stores a definition, sent as YAML text or as JSON, as a draft."""
    return drafts.create(app.caller().workspace_id, draft)


handler = app.handler()
