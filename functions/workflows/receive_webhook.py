"""ANY /hooks/{token}: starts a workflow; the execution is durable before the answer."""

from aws_lambda_powertools.event_handler import Response

from statewright.http import Api
from statewright.workflows.triggers import webhooks
from statewright.workflows.webhook_request import call_of

app = Api(permission=None, validate=False)


@app.route(
    "/hooks/<token>",
    method=["POST", "GET", "PUT", "PATCH", "DELETE"],
    summary="Call a webhook",
    tags=["webhooks"],
)
def receive_webhook(token: str) -> Response[str]:
    """Starts the workflow behind the URL, and answers 202 with the execution's id or, where the
    trigger says so, with the execution's or a step's result."""
    reply = webhooks.receive(call_of(app.current_event, token))
    return Response(reply.status, reply.content_type, reply.body, dict(reply.headers))


handler = app.handler()
