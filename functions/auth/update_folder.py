"""PUT /v1/folders/{folder_id}: a folder's name and place."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import folders
from statewright.auth.access_models import Folder, FolderContent
from statewright.http import Api

app = Api(permission="folders:write")


@app.put("/v1/folders/<folder_id>", summary="Rename or move a folder", tags=["workflows"])
def update_folder(folder_id: str, content: Annotated[FolderContent, Body()]) -> Folder:
    """Renames or moves a folder."""
    return folders.change(app.caller(), folder_id, content)


handler = app.handler()
