"""POST /v1/execution-jobs/{job_id}/cancel: ends a job before its time."""

from statewright.http import Api
from statewright.workflows import jobs
from statewright.workflows.execution_models import Job

app = Api(permission="executions:run")


@app.post("/v1/execution-jobs/<job_id>/cancel", summary="Cancel a job", tags=["executions"])
def cancel_execution_job(job_id: str) -> Job:
    """Ends a job; what it has done stays done."""
    return jobs.cancel(app.caller().workspace_id, job_id)


handler = app.handler()
