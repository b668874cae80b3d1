"""GET /v1/exports: one's files."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.analytics import exporting
from statewright.analytics.report_models import Export
from statewright.http import Api, Page

app = Api(permission="reports:read")


@app.get("/v1/exports", summary="List exports", tags=["analytics"])
def list_exports(
    cursor: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[Export]:
    """The files that one had made, the newest first."""
    return exporting.list_page(app.caller(), cursor, limit)


handler = app.handler()
