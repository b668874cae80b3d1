"""GET /v1/ai/anomalies: hours of workflows that were out of the ordinary."""

from statewright.ai.watching import alarms
from statewright.ai.watching.models import Anomaly
from statewright.http import Api

app = Api(permission="ai:read")


@app.get("/v1/ai/anomalies", summary="List anomalies", tags=["ai"])
def list_anomalies(workflow_id: str | None = None) -> list[Anomaly]:
    """The newest first, with the suspected step and change."""
    return alarms.list_all(app.caller().workspace_id, workflow_id)


handler = app.handler()
