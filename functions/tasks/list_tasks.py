"""GET /v1/tasks: everybody's human tasks."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api, Page
from statewright.tasks import listing
from statewright.tasks.models import Kind, Status, Task

app = Api(permission="approvals:read")


@app.get("/v1/tasks", summary="List human tasks", tags=["tasks"])
def list_tasks(
    status: Annotated[Status | None, Query()] = None,
    kind: Annotated[Kind | None, Query()] = None,
    workflow_id: Annotated[str | None, Query()] = None,
    execution_id: Annotated[str | None, Query()] = None,
    assignee: Annotated[str | None, Query()] = None,
    words: Annotated[str | None, Query(max_length=200)] = None,
    cursor: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[Task]:
    """What workflows ask people, the newest first; ``assignee`` is an e-mail address."""
    query = listing.TaskQuery(
        status=status,
        kind=kind,
        workflow_id=workflow_id,
        execution_id=execution_id,
        assignee=assignee,
        words=words,
    )
    return listing.list_all(app.caller(), query, cursor, limit)


handler = app.handler()
