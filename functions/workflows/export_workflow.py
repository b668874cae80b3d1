"""GET /v1/workflows/{workflow_id}/export: a workflow as a file."""

from base64 import b64encode
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
) -> Response[str]:
    """The draft, ``live`` or a version: YAML with its comments, JSON, ASL, or a SAM application."""
    file = exporting.export(app.caller().workspace_id, workflow_id, version, format)
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    if isinstance(file.content, str):
        return Response(200, file.content_type, file.content, headers)
    answer = Response(200, file.content_type, b64encode(file.content).decode(), headers)
    answer.base64_encoded = True
    return answer


handler = app.handler()
