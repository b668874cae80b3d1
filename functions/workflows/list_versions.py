"""GET /v1/workflows/{workflow_id}/versions: a workflow's published versions."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api, Page
from statewright.workflows import versions
from statewright.workflows.life_cycle_models import VersionSummary

app = Api(permission="workflows:read")


@app.get("/v1/workflows/<workflow_id>/versions", summary="List versions", tags=["workflows"])
def list_versions(
    workflow_id: str,
    cursor: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Page[VersionSummary]:
    """Published versions, the newest first, with who published each and what was said of it."""
    return versions.list_page(app.caller().workspace_id, workflow_id, cursor, limit)


handler = app.handler()
