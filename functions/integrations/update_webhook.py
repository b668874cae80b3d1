"""PATCH /v1/webhooks/{webhook_id}: change a webhook."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.integrations.endpoints import managing
from statewright.integrations.endpoints.models import WebhookChange, WebhookEndpoint

app = Api(permission="webhooks:write")


@app.patch("/v1/webhooks/<webhook_id>", summary="Change a webhook", tags=["webhooks-out"])
def update_webhook(webhook_id: str, wanted: Annotated[WebhookChange, Body()]) -> WebhookEndpoint:
    """What is not given stays; turned on, it begins anew."""
    return managing.change(app.caller(), webhook_id, wanted)


handler = app.handler()
