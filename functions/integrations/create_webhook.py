"""POST /v1/webhooks: make a webhook."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.integrations.endpoints import managing
from statewright.integrations.endpoints.models import NewWebhook, WebhookWithSecret

app = Api(permission="webhooks:write")


@app.post("/v1/webhooks", status_code=201, summary="Make a webhook", tags=["webhooks-out"])
def create_webhook(wanted: Annotated[NewWebhook, Body()]) -> WebhookWithSecret:
    """The endpoint, with the secret that signs: it is shown this once."""
    return managing.create(app.caller(), wanted)


handler = app.handler()
