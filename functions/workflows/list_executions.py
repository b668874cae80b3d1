"""GET /v1/executions: executions of the workspace."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api, Page
from statewright.moments import Moment
from statewright.workflows import executions
from statewright.workflows.execution_models import ExecutionFilter
from statewright.workflows.models import Execution, Status

app = Api(permission="executions:read")


@app.get("/v1/executions", summary="List executions", tags=["executions"])
def list_executions(
    workflow_id: Annotated[str | None, Query(max_length=100)] = None,
    version: Annotated[int | None, Query(ge=0, le=2_000_000_000)] = None,
    status: Annotated[Status | None, Query()] = None,
    trigger: Annotated[str | None, Query(max_length=100)] = None,
    error: Annotated[str | None, Query(max_length=300)] = None,
    parent_id: Annotated[str | None, Query(max_length=100)] = None,
    rerun_of: Annotated[str | None, Query(max_length=100)] = None,
    tag: Annotated[str | None, Query(max_length=50)] = None,
    q: Annotated[str | None, Query(max_length=200)] = None,
    started_after: Annotated[Moment | None, Query()] = None,
    started_before: Annotated[Moment | None, Query()] = None,
    cursor: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[Execution]:
    """Executions, the newest first; ``q`` looks for words of inputs, errors and causes."""
    wanted = ExecutionFilter(
        workflow_id=workflow_id,
        version=version,
        status=status,
        trigger=trigger,
        error=error,
        parent_id=parent_id,
        rerun_of=rerun_of,
        tag=tag,
        q=q,
        started_after=started_after,
        started_before=started_before,
    )
    return executions.list_page(app.caller().workspace_id, wanted, cursor, limit)


handler = app.handler()
