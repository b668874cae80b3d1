"""POST /v1/notification-templates: a template, or a layout around others."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.notifications import templates
from statewright.notifications.template_models import Template, TemplateContent

app = Api(permission="notifications:write")


@app.post(
    "/v1/notification-templates", status_code=201, summary="Make a template", tags=["notifications"]
)
def create_template(content: Annotated[TemplateContent, Body()]) -> Template:
    """A template, or a layout around others."""
    return templates.create(app.caller(), content)


handler = app.handler()
