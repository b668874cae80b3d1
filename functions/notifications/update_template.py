"""PUT /v1/notification-templates/{template_id}: a template's next version."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.notifications import templates
from statewright.notifications.template_models import Template, TemplateContent

app = Api(permission="notifications:write")


@app.put(
    "/v1/notification-templates/<template_id>", summary="Change a template", tags=["notifications"]
)
def update_template(template_id: str, content: Annotated[TemplateContent, Body()]) -> Template:
    """A template's next version."""
    return templates.change(app.caller(), template_id, content)


handler = app.handler()
