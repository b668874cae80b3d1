"""DELETE /v1/webhooks/{webhook_id}: delete a webhook."""

from statewright.http import Api
from statewright.integrations.endpoints import managing

app = Api(permission="webhooks:write")


@app.delete(
    "/v1/webhooks/<webhook_id>", status_code=204, summary="Delete a webhook", tags=["webhooks-out"]
)
def delete_webhook(webhook_id: str) -> None:
    """What is on its way is not sent any more."""
    managing.delete(app.caller(), webhook_id)


handler = app.handler()
