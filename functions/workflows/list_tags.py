"""GET /v1/tags: the tags in use."""

from statewright.http import Api
from statewright.workflows import finding
from statewright.workflows.life_cycle_models import TagCount

app = Api(permission="workflows:read")


@app.get("/v1/tags", summary="List tags", tags=["workflows"])
def list_tags() -> list[TagCount]:
    """The tags that workflows have, with how many have each."""
    return finding.tags(app.caller().workspace_id)


handler = app.handler()
