"""DELETE /v1/reports/{report_id}: removes a report."""

from statewright.analytics import reports
from statewright.http import Api

app = Api(permission="reports:write")


@app.delete(
    "/v1/reports/<report_id>", status_code=204, summary="Delete a report", tags=["analytics"]
)
def delete_report(report_id: str) -> None:
    """Removes a report; files made of it stay."""
    reports.delete(app.caller(), report_id)


handler = app.handler()
