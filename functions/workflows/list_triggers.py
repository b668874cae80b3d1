"""GET /v1/workflows/{workflow_id}/triggers: what starts the published version."""

from statewright.http import Api
from statewright.workflows.triggers import switching
from statewright.workflows.triggers.models import Triggers

app = Api(permission="workflows:read")


@app.get("/v1/workflows/<workflow_id>/triggers", summary="List triggers", tags=["triggers"])
def list_triggers(workflow_id: str) -> Triggers:
    """The published triggers: URLs, next times, and what went wrong last."""
    return switching.list_triggers(app.caller().workspace_id, workflow_id)


handler = app.handler()
