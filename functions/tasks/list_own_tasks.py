"""GET /v1/tasks/mine: one's own human tasks."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api, Page
from statewright.tasks import listing
from statewright.tasks.models import Kind, Status, Task

app = Api(permission="approvals:decide")


@app.get("/v1/tasks/mine", summary="List one's own human tasks", tags=["tasks"])
def list_own_tasks(
    unanswered: Annotated[bool, Query()] = False,
    status: Annotated[Status | None, Query()] = None,
    kind: Annotated[Kind | None, Query()] = None,
    workflow_id: Annotated[str | None, Query()] = None,
    execution_id: Annotated[str | None, Query()] = None,
    words: Annotated[str | None, Query(max_length=200)] = None,
    cursor: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[Task]:
    """What workflows ask the caller, the newest first; ``unanswered``: what still waits."""
    query = listing.TaskQuery(
        status=status,
        kind=kind,
        workflow_id=workflow_id,
        execution_id=execution_id,
        words=words,
    )
    return listing.list_own(app.caller(), query, cursor, limit, unanswered=unanswered)


handler = app.handler()
