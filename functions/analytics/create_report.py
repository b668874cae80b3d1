"""POST /v1/reports: a saved report."""

from statewright.analytics import reports
from statewright.analytics.report_models import NewReport, Report
from statewright.http import Api

app = Api(permission="reports:write")


@app.post("/v1/reports", status_code=201, summary="Save a report", tags=["analytics"])
def create_report(wanted: NewReport) -> Report:
    """Saves a query with a name, perhaps with a schedule."""
    return reports.create(app.caller(), wanted)


handler = app.handler()
