"""PUT /v1/retention: for how long executions are kept."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.workflows import retention
from statewright.workflows.execution_models import Retention

app = Api(permission="workspace:write")


@app.put("/v1/retention", summary="Change retention", tags=["executions"])
def set_retention(request: Annotated[Retention, Body()]) -> Retention:
    """Takes effect in the next night; workflows may have days of their own (their labels)."""
    return retention.change(app.caller().workspace_id, request)


handler = app.handler()
