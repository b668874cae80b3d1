"""GET /v1/execution-jobs: jobs over many executions."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api, Page
from statewright.workflows import jobs
from statewright.workflows.execution_models import Job

app = Api(permission="executions:read")


@app.get("/v1/execution-jobs", summary="List jobs", tags=["executions"])
def list_execution_jobs(
    cursor: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Page[Job]:
    """Jobs, the newest first."""
    return jobs.list_page(app.caller().workspace_id, cursor, limit)


handler = app.handler()
