"""GET /v1/workflows/{workflow_id}/versions/{version}: a published version."""

from statewright.http import Api
from statewright.workflows import versions
from statewright.workflows.life_cycle_models import VersionDetail

app = Api(permission="workflows:read")


@app.get(
    "/v1/workflows/<workflow_id>/versions/<version>", summary="Show a version", tags=["workflows"]
)
def get_version(workflow_id: str, version: str) -> VersionDetail:
    """A version by its number, or ``live``: its definition, and the state machine it became."""
    return versions.get(app.caller().workspace_id, workflow_id, version)


handler = app.handler()
