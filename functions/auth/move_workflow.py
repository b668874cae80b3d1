"""PUT /v1/workflows/{workflow_id}/folder: where a workflow lies."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import folders
from statewright.auth.access_models import Move
from statewright.http import Api

app = Api(permission="workflows:write")


@app.put(
    "/v1/workflows/<workflow_id>/folder",
    status_code=204,
    summary="Move a workflow",
    tags=["workflows"],
)
def move_workflow(workflow_id: str, move: Annotated[Move, Body()]) -> None:
    """Puts a workflow into a folder, or to the top."""
    folders.move(app.caller(), "workflow", workflow_id, move)


handler = app.handler()
