"""POST /forms/{token}: a form that somebody has filled in."""

from aws_lambda_powertools.event_handler import Response

from statewright.http import Api
from statewright.workflows.triggers import forms

app = Api(permission=None, validate=False)


@app.post("/forms/<token>", summary="Submit a form", tags=["forms"])
def submit_form(token: str) -> Response[str]:
    """Starts the workflow and says thank you, or shows the page again with what is wrong."""
    event = app.current_event
    kind = event.headers.get("content-type", "") if event.headers else ""
    reply = forms.submit(token, kind, event.decoded_body or "")
    return Response(reply.status, reply.content_type, reply.body, dict(reply.headers))


handler = app.handler()
