"""GET /v1/executions/{execution_id}/map-runs/{run_id}: a large loop's rounds."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api
from statewright.workflows import stepping
from statewright.workflows.execution_models import MapRun

app = Api(permission="executions:read")


@app.get(
    "/v1/executions/<execution_id>/map-runs/<run_id>", summary="Show a Map run", tags=["executions"]
)
def get_map_run(
    execution_id: str,
    run_id: str,
    cursor: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> MapRun:
    """How far a loop above the inline limits is, with a page of its rounds' executions."""
    return stepping.map_run(app.caller().workspace_id, execution_id, run_id, cursor, limit)


handler = app.handler()
