"""POST /v1/gallery/{template}/workflows: a workflow from a template."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.workflows.gallery import using
from statewright.workflows.gallery.models import NewFromTemplate
from statewright.workflows.models import WorkflowDetail

app = Api(permission="workflows:write")


@app.post(
    "/v1/gallery/<template>/workflows", status_code=201, summary="Use a template", tags=["gallery"]
)
def use_gallery_template(template: str, new: Annotated[NewFromTemplate, Body()]) -> WorkflowDetail:
    """Makes a draft of the form's values; it passes the checks, and can be published as it is."""
    return using.instantiate(app.caller().workspace_id, template, new)


handler = app.handler()
