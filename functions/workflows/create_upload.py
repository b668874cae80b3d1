"""POST /v1/workflows/{workflow_id}/triggers/{trigger_id}/uploads: where to upload a file to."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.workflows.triggers import files
from statewright.workflows.triggers.models import NewUpload, Upload

app = Api(permission="executions:run")


@app.post(
    "/v1/workflows/<workflow_id>/triggers/<trigger_id>/uploads",
    status_code=201,
    summary="Begin an upload",
    tags=["triggers"],
)
def create_upload(
    workflow_id: str, trigger_id: str, upload: Annotated[NewUpload, Body()]
) -> Upload:
    """A signed URL that takes the file; once it is there, the workflow starts."""
    return files.begin_upload(app.caller().workspace_id, workflow_id, trigger_id, upload)


handler = app.handler()
