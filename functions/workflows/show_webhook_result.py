"""GET /hooks/{token}/executions/{execution_id}: what a webhook's call has come to."""

from aws_lambda_powertools.event_handler import Response

from statewright.http import Api
from statewright.workflows.triggers import webhooks

app = Api(permission=None, validate=False)


@app.get(
    "/hooks/<token>/executions/<execution_id>",
    summary="Ask for a webhook's result",
    tags=["webhooks"],
)
def show_webhook_result(token: str, execution_id: str) -> Response[str]:
    """Answers as the webhook would have, had the workflow been faster; 202 while it runs."""
    reply = webhooks.show_result(token, execution_id)
    return Response(reply.status, reply.content_type, reply.body, dict(reply.headers))


handler = app.handler()
