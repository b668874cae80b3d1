"""GET /v1/exports/{export_id}: how far a file is."""

from statewright.analytics import exporting
from statewright.analytics.report_models import Export
from statewright.http import Api

app = Api(permission="reports:read")


@app.get("/v1/exports/<export_id>", summary="Show an export", tags=["analytics"])
def get_export(export_id: str) -> Export:
    """How far a file is, and where it can be fetched."""
    return exporting.get(app.caller(), export_id)


handler = app.handler()
