"""POST /v1/workflows/{workflow_id}/rollback: makes another version the live one."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.http.etags import header_of, tagged
from statewright.workflows import versions
from statewright.workflows.life_cycle_models import RollBack
from statewright.workflows.locking import Expected, tag_of
from statewright.workflows.models import WorkflowDetail

app = Api(permission="workflows:write")


@app.post(
    "/v1/workflows/<workflow_id>/rollback",
    summary="Roll back a workflow",
    tags=["workflows"],
)
def roll_back_workflow(
    workflow_id: str, request: Annotated[RollBack, Body()]
) -> Response[WorkflowDetail]:
    """Makes an earlier (or later) version the one that triggers start; the draft stays."""
    expected = Expected.of(header_of(app.current_event, "If-Match"))
    changed = versions.roll_back(app.caller().workspace_id, workflow_id, request.version, expected)
    return tagged(changed, tag_of(changed.revision))


handler = app.handler()
