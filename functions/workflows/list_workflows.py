"""GET /v1/workflows: the workspace's workflows."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api, Page
from statewright.workflows import drafts
from statewright.workflows.models import Workflow

app = Api(permission="workflows:read")


@app.get("/v1/workflows", summary="List workflows", tags=["workflows"])
def list_workflows(
    cursor: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Page[Workflow]:
    """Workflows, the newest first."""
    return drafts.list_page(app.caller().workspace_id, cursor, limit)


handler = app.handler()
