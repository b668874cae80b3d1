"""DELETE /v1/folders/{folder_id}: an empty folder."""

from statewright.auth import folders
from statewright.http import Api

app = Api(permission="folders:write")


@app.delete(
    "/v1/folders/<folder_id>", status_code=204, summary="Delete a folder", tags=["workflows"]
)
def delete_folder(folder_id: str) -> None:
    """Removes an empty folder."""
    folders.delete(app.caller(), folder_id)


handler = app.handler()
