"""POST /v1/exports: a file of figures."""

from statewright.analytics import exporting
from statewright.analytics.report_models import Export, NewExport
from statewright.http import Api

app = Api(permission="reports:read")


@app.post("/v1/exports", status_code=202, summary="Have a file made", tags=["analytics"])
def create_export(wanted: NewExport) -> Export:
    """Has a file made of a query, a report, a dashboard or single facts."""
    return exporting.create(app.caller(), wanted)


handler = app.handler()
