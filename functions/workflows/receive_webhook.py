"""ANY /hooks/{token}: starts a workflow; the execution is durable before the answer."""

from aws_lambda_powertools.event_handler import Response

from statewright.http import Api
from statewright.workflows import starting
from statewright.workflows.webhook_request import call_of

app = Api(permission=None, validate=False)


@app.route(
    "/hooks/<token>", method=["POST", "GET", "PUT"], summary="Call a webhook", tags=["webhooks"]
)
def receive_webhook(token: str) -> Response[str]:
    """Starts the workflow behind the URL and answers 202 with the execution's id."""
    started = starting.receive_webhook(call_of(app.current_event, token))
    return Response(202, "application/json", started.model_dump_json())


handler = app.handler()
