"""GET /forms/{token}: the page of a form that starts a workflow."""

from aws_lambda_powertools.event_handler import Response

from statewright.http import Api
from statewright.workflows.triggers import forms

app = Api(permission=None, validate=False)


@app.get("/forms/<token>", summary="Show a form", tags=["forms"])
def show_form(token: str) -> Response[str]:
    """The page, made of the workflow's ``input``; it needs no script."""
    reply = forms.show(token)
    return Response(reply.status, reply.content_type, reply.body, dict(reply.headers))


handler = app.handler()
