"""GET /v1/folders: the tree of folders."""

from statewright.auth import folders
from statewright.auth.access_models import Folder
from statewright.http import Api

app = Api(permission="folders:read")


@app.get("/v1/folders", summary="List folders", tags=["workflows"])
def list_folders() -> list[Folder]:
    """The folders that the caller may see."""
    return folders.list_all(app.caller().workspace_id)


handler = app.handler()
