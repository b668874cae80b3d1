"""DELETE /v1/workflows/{workflow_id}: deletes a workflow."""

from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api
from statewright.http.etags import header_of
from statewright.workflows import life_cycle
from statewright.workflows.locking import Expected

app = Api(permission="workflows:write")


@app.delete(
    "/v1/workflows/<workflow_id>",
    status_code=204,
    summary="Delete a workflow",
    tags=["workflows"],
)
def delete_workflow(
    workflow_id: str, running: Annotated[Literal["refuse", "stop"], Query()] = "refuse"
) -> None:
    """Deletes triggers and state machine; the executions' rows stay as long as retention says."""
    expected = Expected.of(header_of(app.current_event, "If-Match"))
    life_cycle.delete(app.caller().workspace_id, workflow_id, expected, stop=running == "stop")


handler = app.handler()
