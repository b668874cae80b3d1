"""GET /v1/workflows/{workflow_id}/target: what is expected of a workflow."""

from statewright.analytics import settings
from statewright.analytics.models import Target
from statewright.http import Api

app = Api(permission="analytics:read")


@app.get("/v1/workflows/<workflow_id>/target", summary="Show a target", tags=["analytics"])
def get_target(workflow_id: str) -> Target:
    """How long a run may take, and what it spares people."""
    return settings.get_target(app.caller().workspace_id, workflow_id)


handler = app.handler()
