"""GET /v1/execution-jobs/{job_id}: how far a job is."""

from statewright.http import Api
from statewright.workflows import jobs
from statewright.workflows.execution_models import Job

app = Api(permission="executions:read")


@app.get("/v1/execution-jobs/<job_id>", summary="Show a job", tags=["executions"])
def get_execution_job(job_id: str) -> Job:
    """How many executions are done, and which could not be."""
    return jobs.get(app.caller().workspace_id, job_id)


handler = app.handler()
