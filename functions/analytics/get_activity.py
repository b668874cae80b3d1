"""POST /v1/analytics/activity: what people do."""

from statewright.analytics import performance
from statewright.analytics.performance import Activity, Scope
from statewright.http import Api

app = Api(permission="analytics:read")


@app.post("/v1/analytics/activity", summary="Show activity", tags=["analytics"])
def get_activity(scope: Scope) -> Activity:
    """Sign-ins, changes, decisions and API calls."""
    return performance.activity(app.caller().workspace_id, scope)


handler = app.handler()
