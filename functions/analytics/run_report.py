"""GET /v1/reports/{report_id}/result: a report's figures."""

from statewright.analytics import reports
from statewright.analytics.report_models import ReportResult
from statewright.http import Api

app = Api(permission="reports:read")


@app.get("/v1/reports/<report_id>/result", summary="Run a report", tags=["analytics"])
def run_report(report_id: str) -> ReportResult:
    """A report with its figures of now."""
    return reports.run(app.caller(), report_id)


handler = app.handler()
