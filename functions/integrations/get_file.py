"""GET /v1/files/{file_id}: a file."""

from statewright.http import Api
from statewright.integrations.files import keeping
from statewright.integrations.files.models import StoredFile

app = Api(permission="files:read")


@app.get("/v1/files/<file_id>", summary="See a file", tags=["files"])
def get_file(file_id: str) -> StoredFile:
    """A file's name, type and size, and whether it is there."""
    return keeping.get(app.caller().workspace_id, file_id)


handler = app.handler()
