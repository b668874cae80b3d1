"""GET /v1/notification-templates: templates and layouts."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api, Page
from statewright.notifications import templates
from statewright.notifications.template_models import TemplateSummary

app = Api(permission="notifications:read")


@app.get("/v1/notification-templates", summary="List templates", tags=["notifications"])
def list_templates(
    cursor: Annotated[str | None, Query()] = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> Page[TemplateSummary]:
    """Templates and layouts."""
    return templates.list_page(app.caller().workspace_id, cursor, limit)


handler = app.handler()
