"""POST /v1/workflows/{workflow_id}/versions: publishes the draft."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.http.etags import header_of
from statewright.workflows import publishing
from statewright.workflows.life_cycle_models import Publish
from statewright.workflows.locking import Expected
from statewright.workflows.models import Version

app = Api(permission="workflows:write")


@app.post(
    "/v1/workflows/<workflow_id>/versions",
    status_code=201,
    summary="Publish a workflow",
    tags=["workflows"],
)
def publish_workflow(workflow_id: str, about: Annotated[Publish | None, Body()] = None) -> Version:
    """Checks and compiles the draft, and makes it the version that triggers start."""
    caller, expected = app.caller(), Expected.of(header_of(app.current_event, "If-Match"))
    note = "" if about is None else about.note
    return publishing.publish(caller.workspace_id, workflow_id, caller.user_id, note, expected)


handler = app.handler()
