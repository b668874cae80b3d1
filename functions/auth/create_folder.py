"""POST /v1/folders: a folder."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import folders
from statewright.auth.access_models import Folder, FolderContent
from statewright.http import Api

app = Api(permission="folders:write")


@app.post("/v1/folders", status_code=201, summary="Make a folder", tags=["workflows"])
def create_folder(content: Annotated[FolderContent, Body()]) -> Folder:
    """Makes a folder, at the top or in another."""
    return folders.create(app.caller(), content)


handler = app.handler()
