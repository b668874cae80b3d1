"""PUT /v1/reports/{report_id}/folder: where a report lies."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import folders
from statewright.auth.access_models import Move
from statewright.http import Api

app = Api(permission="reports:write")


@app.put(
    "/v1/reports/<report_id>/folder",
    status_code=204,
    summary="Move a report",
    tags=["analytics"],
)
def move_report(report_id: str, move: Annotated[Move, Body()]) -> None:
    """Puts a report into a folder, or to the top."""
    folders.move(app.caller(), "report", report_id, move)


handler = app.handler()
