"""GET /v1/executions: executions of the workspace."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api, Page
from statewright.workflows import executions
from statewright.workflows.models import Execution, Status

app = Api(permission="executions:read")


@app.get("/v1/executions", summary="List executions", tags=["executions"])
def list_executions(
    workflow_id: Annotated[str | None, Query()] = None,
    status: Annotated[Status | None, Query()] = None,
    cursor: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[Execution]:
    """Executions, the newest first, of one workflow or of all."""
    return executions.list_page(app.caller().workspace_id, workflow_id, status, cursor, limit)


handler = app.handler()
