"""GET /v1/executions/{execution_id}/steps: every time that an execution came to a step."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api, Page
from statewright.workflows import stepping
from statewright.workflows.execution_models import Visit
from statewright.workflows.stepping import VisitFilter

app = Api(permission="executions:read")


@app.get("/v1/executions/<execution_id>/steps", summary="List visits of steps", tags=["executions"])
def list_visits(
    execution_id: str,
    pointer: Annotated[str | None, Query(max_length=1000)] = None,
    parent: Annotated[int | None, Query(ge=1, le=100_000)] = None,
    item: Annotated[str | None, Query(max_length=300)] = None,
    cursor: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
) -> Page[Visit]:
    """Attempts, times, input, arguments and output of each visit, in loops and branches too."""
    wanted = VisitFilter(pointer, parent, item)
    return stepping.visits_page(app.caller().workspace_id, execution_id, wanted, cursor, limit)


handler = app.handler()
