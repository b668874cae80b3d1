"""POST /v1/workflows/{workflow_id}/triggers/{trigger_id}/links: a signed link to a form."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.workflows.triggers import forms
from statewright.workflows.triggers.models import FormLink, NewFormLink

app = Api(permission="executions:run")


@app.post(
    "/v1/workflows/<workflow_id>/triggers/<trigger_id>/links",
    status_code=201,
    summary="Make a link to a form",
    tags=["triggers"],
)
def create_form_link(
    workflow_id: str, trigger_id: str, link: Annotated[NewFormLink, Body()]
) -> FormLink:
    """A link that opens the form for whoever has it, for a time, and once unless it says so."""
    return forms.make_link(app.caller().workspace_id, workflow_id, trigger_id, link)


handler = app.handler()
