"""POST /v1/files/{file_id}/links: an address at which a file can be fetched."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.integrations.files import keeping
from statewright.integrations.files.models import FileLink, NewFileLink

app = Api(permission="files:read")


@app.post("/v1/files/<file_id>/links", status_code=201, summary="Download a file", tags=["files"])
def link_file(file_id: str, wanted: Annotated[NewFileLink, Body()]) -> FileLink:
    """A signed address that gives the content to whoever has it, for a while."""
    return keeping.link(app.caller(), file_id, wanted.seconds)


handler = app.handler()
