"""GET /v1/gallery: templates of workflows."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api, Page
from statewright.workflows.gallery import using
from statewright.workflows.gallery.models import TemplateSummary

app = Api(permission="workflows:read")


@app.get("/v1/gallery", summary="List templates", tags=["gallery"])
def list_gallery(
    category: Annotated[str | None, Query(max_length=100)] = None,
    words: Annotated[str | None, Query(max_length=200)] = None,
) -> Page[TemplateSummary]:
    """All templates, or those of a category, or with all of the words."""
    return using.search(category, words)


handler = app.handler()
