"""PUT /v1/workflows/{workflow_id}/target: what is expected of a workflow."""

from statewright.analytics import settings
from statewright.analytics.models import Target
from statewright.http import Api

app = Api(permission="analytics:write")


@app.put("/v1/workflows/<workflow_id>/target", summary="Set a target", tags=["analytics"])
def put_target(workflow_id: str, wanted: Target) -> Target:
    """What ran before is judged by it too."""
    return settings.put_target(app.caller().workspace_id, workflow_id, wanted)


handler = app.handler()
