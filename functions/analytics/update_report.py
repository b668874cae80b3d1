"""PUT /v1/reports/{report_id}: changes a report."""

from statewright.analytics import reports
from statewright.analytics.report_models import ChangedReport, Report
from statewright.http import Api

app = Api(permission="reports:write")


@app.put("/v1/reports/<report_id>", summary="Change a report", tags=["analytics"])
def update_report(report_id: str, wanted: ChangedReport) -> Report:
    """Changes a report that nobody else has changed meanwhile."""
    return reports.update(app.caller(), report_id, wanted)


handler = app.handler()
