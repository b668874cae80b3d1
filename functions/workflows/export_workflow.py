"""GET /v1/workflows/{workflow_id}/export: a workflow as a file."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api
from statewright.workflows import exporting
from statewright.workflows.exporting import Format

app = Api(permission="workflows:read", validate=True)


@app.get("/v1/workflows/<workflow_id>/export", summary="Export a workflow", tags=["workflows"])
def export_workflow(
    workflow_id: str,
    format: Annotated[Format, Query()] = "yaml",
    version: Annotated[str, Query()] = "draft",
) -> Response[str | bytes]:
    """The draft, ``live`` or a version, as YAML with its comments, as JSON, or as its ASL."""
    file = exporting.export(app.caller().workspace_id, workflow_id, version, format)
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(200, file.content_type, file.content, headers)


handler = app.handler()
