"""GET /v1/reports: saved reports."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.analytics import reports
from statewright.analytics.report_models import Report
from statewright.http import Api, Page

app = Api(permission="reports:read")


@app.get("/v1/reports", summary="List reports", tags=["analytics"])
def list_reports(
    cursor: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[Report]:
    """Shared reports and one's own, the newest first."""
    return reports.list_page(app.caller(), cursor, limit)


handler = app.handler()
