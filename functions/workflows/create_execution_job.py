"""POST /v1/execution-jobs: one action on many executions."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.workflows import jobs
from statewright.workflows.execution_models import BulkRequest, Job

app = Api(permission="executions:run")


@app.post(
    "/v1/execution-jobs", status_code=202, summary="Act on many executions", tags=["executions"]
)
def create_execution_job(request: Annotated[BulkRequest, Body()]) -> Job:
    """Stops, redrives, reruns or deletes what a filter lets through; ask for its progress."""
    return jobs.begin(app.caller(), request)


handler = app.handler()
