"""GET /v1/retention: for how long executions are kept."""

from statewright.http import Api
from statewright.workflows import retention
from statewright.workflows.execution_models import Retention

app = Api(permission="workspace:read")


@app.get("/v1/retention", summary="Show retention", tags=["executions"])
def get_retention() -> Retention:
    """Days for which executions are kept after their end; null: as the deployment says."""
    return retention.get(app.caller().workspace_id)


handler = app.handler()
