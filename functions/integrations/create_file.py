"""POST /v1/files: a file to be, and where its content goes."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.integrations.files import keeping
from statewright.integrations.files.models import FileUpload, NewFile

app = Api(permission="files:write")


@app.post("/v1/files", status_code=201, summary="Begin to upload a file", tags=["files"])
def create_file(new: Annotated[NewFile, Body()]) -> FileUpload:
    """A signed request that takes the content: it goes straight to S3."""
    return keeping.begin(app.caller(), new)


handler = app.handler()
