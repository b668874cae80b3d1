"""GET /v1/failure-handlings: what was done about failed executions."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api, Page
from statewright.workflows import failure_defaults
from statewright.workflows.failure_defaults import FailureHandling

app = Api(permission="executions:read")


@app.get("/v1/failure-handlings", summary="List handled failures", tags=["executions"])
def list_failure_handlings(
    cursor: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[FailureHandling]:
    """What was started for failed executions, or why nothing could be; the newest first."""
    return failure_defaults.list_page(app.caller(), cursor, limit)


handler = app.handler()
