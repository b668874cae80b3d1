"""GET /v1/workflows/{workflow_id}/diff: how two versions differ."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api
from statewright.workflows import versions
from statewright.workflows.life_cycle_models import Difference

app = Api(permission="workflows:read")


@app.get("/v1/workflows/<workflow_id>/diff", summary="Compare versions", tags=["workflows"])
def compare_versions(
    workflow_id: str,
    before: Annotated[str, Query()] = "live",
    after: Annotated[str, Query()] = "draft",
) -> Difference:
    """Steps added, removed, moved and changed between two versions, ``live`` or ``draft``."""
    return versions.difference(app.caller().workspace_id, workflow_id, before, after)


handler = app.handler()
