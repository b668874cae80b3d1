"""GET /v1/workflows/{workflow_id}/deliveries: calls of a workflow's webhooks."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api, Page
from statewright.workflows.triggers import deliveries
from statewright.workflows.triggers.delivery_models import Verdict, WebhookDelivery

app = Api(permission="executions:read")


@app.get(
    "/v1/workflows/<workflow_id>/deliveries", summary="List webhook deliveries", tags=["webhooks"]
)
def list_webhook_deliveries(
    workflow_id: str,
    trigger: Annotated[str | None, Query(max_length=100)] = None,
    verdict: Annotated[Verdict | None, Query()] = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[WebhookDelivery]:
    """What was kept of calls, the newest first: what each was taken for, and what it started."""
    return deliveries.list_page(app.caller(), workflow_id, trigger, verdict, cursor, limit)


handler = app.handler()
