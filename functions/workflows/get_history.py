"""GET /v1/executions/{execution_id}/history: the state machine's events."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api, Page
from statewright.workflows import executions
from statewright.workflows.models import HistoryEvent

app = Api(permission="executions:read")


@app.get("/v1/executions/<execution_id>/history", summary="Show a history", tags=["executions"])
def get_history(
    execution_id: str,
    cursor: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Page[HistoryEvent]:
    """The execution's events in order, as Step Functions tells them."""
    return executions.history(app.caller().workspace_id, execution_id, cursor, limit)


handler = app.handler()
