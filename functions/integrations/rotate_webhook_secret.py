"""POST /v1/webhooks/{webhook_id}/secret: give a webhook a new secret."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.integrations.endpoints import managing
from statewright.integrations.endpoints.models import SecretRotation, WebhookWithSecret

app = Api(permission="webhooks:write")


@app.post(
    "/v1/webhooks/<webhook_id>/secret", summary="Give a webhook a new secret", tags=["webhooks-out"]
)
def rotate_webhook_secret(
    webhook_id: str, wanted: Annotated[SecretRotation, Body()]
) -> WebhookWithSecret:
    """The old secret signs beside the new one for some hours."""
    return managing.rotate(app.caller(), webhook_id, wanted)


handler = app.handler()
