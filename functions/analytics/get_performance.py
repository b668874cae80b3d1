"""POST /v1/analytics/performance: how workflows perform."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.analytics import performance
from statewright.analytics.performance import Performance, Scope
from statewright.http import Api

app = Api(permission="analytics:read")


@app.post("/v1/analytics/performance", summary="Show performance", tags=["analytics"])
def get_performance(
    scope: Scope, workflow_id: Annotated[str | None, Query()] = None
) -> Performance:
    """Of one workflow, or of all, over a period, perhaps beside another one."""
    return performance.performance(app.caller().workspace_id, workflow_id, scope)


handler = app.handler()
