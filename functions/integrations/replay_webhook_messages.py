"""POST /v1/webhooks/{webhook_id}/replay: send again what was given up."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.integrations.endpoints import managing
from statewright.integrations.endpoints.models import Queued, ReplayRequest

app = Api(permission="webhooks:write")


@app.post(
    "/v1/webhooks/<webhook_id>/replay",
    status_code=202,
    summary="Send again what was given up",
    tags=["webhooks-out"],
)
def replay_webhook_messages(webhook_id: str, wanted: Annotated[ReplayRequest, Body()]) -> Queued:
    """Everything since a time that was tried over days in vain."""
    return managing.replay_all(app.caller(), webhook_id, wanted)


handler = app.handler()
