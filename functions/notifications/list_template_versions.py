"""GET /v1/notification-templates/{template_id}/versions: a template's history."""

from statewright.http import Api
from statewright.notifications import templates
from statewright.notifications.template_models import TemplateVersion

app = Api(permission="notifications:read")


@app.get(
    "/v1/notification-templates/<template_id>/versions",
    summary="List a template's versions",
    tags=["notifications"],
)
def list_template_versions(template_id: str) -> list[TemplateVersion]:
    """A template's history."""
    return templates.versions(app.caller().workspace_id, template_id)


handler = app.handler()
