"""DELETE /v1/files/{file_id}: a file goes."""

from statewright.http import Api
from statewright.integrations.files import keeping

app = Api(permission="files:write")


@app.delete("/v1/files/<file_id>", status_code=204, summary="Delete a file", tags=["files"])
def delete_file(file_id: str) -> None:
    """Removes a file with its content."""
    keeping.delete(app.caller().workspace_id, file_id)


handler = app.handler()
