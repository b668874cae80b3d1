"""GET /v1/notification-templates/{template_id}: one of a template's versions."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api
from statewright.notifications import templates
from statewright.notifications.template_models import Template

app = Api(permission="notifications:read")


@app.get(
    "/v1/notification-templates/<template_id>", summary="Show a template", tags=["notifications"]
)
def get_template(template_id: str, version: Annotated[int | None, Query()] = None) -> Template:
    """One of a template's versions."""
    return templates.get(app.caller().workspace_id, template_id, version)


handler = app.handler()
