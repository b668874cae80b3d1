"""GET /v1/workspace/export/{section}: everything in the workspace, by section."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.auth import workspace
from statewright.auth.workspace import ExportedRow, Section
from statewright.http import Api, Page

app = Api(permission="workspace:delete")


@app.get("/v1/workspace/export/<section>", summary="Export the workspace", tags=["auth"])
def export_workspace(
    section: Section, cursor: Annotated[str | None, Query()] = None
) -> Page[ExportedRow]:
    """A page of one section of everything that is in the workspace, without secrets."""
    return workspace.export(app.caller(), section, cursor)


handler = app.handler()
