"""POST /v1/notification-templates/{template_id}/preview: what would be sent."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.notifications import templates
from statewright.notifications.template_models import Preview, PreviewRequest

app = Api(permission="notifications:read")


@app.post(
    "/v1/notification-templates/<template_id>/preview",
    summary="Preview a template",
    tags=["notifications"],
)
def preview_template(template_id: str, wanted: Annotated[PreviewRequest, Body()]) -> Preview:
    """What would be sent."""
    return templates.preview(app.caller().workspace_id, template_id, wanted)


handler = app.handler()
