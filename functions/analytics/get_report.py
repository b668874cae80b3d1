"""GET /v1/reports/{report_id}: a saved report."""

from statewright.analytics import reports
from statewright.analytics.report_models import Report
from statewright.http import Api

app = Api(permission="reports:read")


@app.get("/v1/reports/<report_id>", summary="Show a report", tags=["analytics"])
def get_report(report_id: str) -> Report:
    """What it asks, and when it is sent."""
    return reports.get(app.caller(), report_id)


handler = app.handler()
