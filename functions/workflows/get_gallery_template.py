"""GET /v1/gallery/{template}: a template of a workflow."""

from statewright.http import Api
from statewright.workflows.gallery import using
from statewright.workflows.gallery.models import Template

app = Api(permission="workflows:read")


@app.get("/v1/gallery/<template>", summary="Get a template", tags=["gallery"])
def get_gallery_template(template: str) -> Template:
    """A template with its form, examples and documentation."""
    return using.get(template)


handler = app.handler()
