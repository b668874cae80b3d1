"""DELETE /v1/notification-templates/{template_id}: takes a template out of use."""

from statewright.http import Api
from statewright.notifications import templates

app = Api(permission="notifications:write")


@app.delete(
    "/v1/notification-templates/<template_id>",
    status_code=204,
    summary="Delete a template",
    tags=["notifications"],
)
def delete_template(template_id: str) -> None:
    """Takes a template out of use."""
    templates.delete(app.caller(), template_id)


handler = app.handler()
