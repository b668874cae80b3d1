"""GET /v1/files: files by name."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api, Page
from statewright.integrations.files import keeping
from statewright.integrations.files.models import StoredFile

app = Api(permission="files:read")


@app.get("/v1/files", summary="List files", tags=["files"])
def list_files(
    prefix: Annotated[str, Query(max_length=500)] = "",
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    deep: bool = True,
    contains: Annotated[str, Query(max_length=200)] = "",
) -> Page[StoredFile]:
    """Files whose names begin with ``prefix``, such as a folder's, and have ``contains`` in them.

    Without ``deep``, those in folders below are left out.
    """
    workspace_id = app.caller().workspace_id
    return keeping.list_page(workspace_id, prefix, cursor, limit, deep=deep, contains=contains)


handler = app.handler()
