"""GET /v1/file-folders: folders of files, and what the files take."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api
from statewright.integrations.files import keeping
from statewright.integrations.files.models import FileFolders

app = Api(permission="files:read")


@app.get("/v1/file-folders", summary="List folders of files", tags=["files"])
def list_file_folders(prefix: Annotated[str, Query(max_length=500)] = "") -> FileFolders:
    """The folders directly below ``prefix``, and how much of its quota the workspace uses."""
    return keeping.folders(app.caller().workspace_id, prefix)


handler = app.handler()
