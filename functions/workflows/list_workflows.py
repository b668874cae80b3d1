"""GET /v1/workflows: the workspace's workflows."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api, Page
from statewright.workflows import finding
from statewright.workflows.life_cycle_models import WorkflowFilter
from statewright.workflows.models import Workflow

app = Api(permission="workflows:read")


@app.get("/v1/workflows", summary="List workflows", tags=["workflows"])
def list_workflows(
    q: Annotated[str | None, Query(max_length=200)] = None,
    tag: Annotated[str | None, Query(max_length=50)] = None,
    folder_id: Annotated[str | None, Query()] = None,
    published: Annotated[bool | None, Query()] = None,
    archived: Annotated[bool, Query()] = False,
    cursor: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Page[Workflow]:
    """Workflows, the newest first; ``q`` looks for words in names, descriptions, tags, actions."""
    wanted = WorkflowFilter(
        q=q, tag=tag, folder_id=folder_id, published=published, archived=archived
    )
    return finding.find_page(app.caller().workspace_id, wanted, cursor, limit)


handler = app.handler()
