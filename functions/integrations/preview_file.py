"""GET /v1/files/{file_id}/preview: how a file begins."""

from statewright.http import Api
from statewright.integrations.files.models import FilePreview
from statewright.integrations.files.preview import preview

app = Api(permission="files:read")


@app.get("/v1/files/<file_id>/preview", summary="Preview a file", tags=["files"])
def preview_file(file_id: str) -> FilePreview:
    """The first rows of a table, or the beginning of a text."""
    return preview(app.caller().workspace_id, file_id)


handler = app.handler()
