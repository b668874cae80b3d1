"""PUT /v1/dashboards/{dashboard_id}/folder: where a dashboard lies."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import folders
from statewright.auth.access_models import Move
from statewright.http import Api

app = Api(permission="reports:write")


@app.put(
    "/v1/dashboards/<dashboard_id>/folder",
    status_code=204,
    summary="Move a dashboard",
    tags=["analytics"],
)
def move_dashboard(dashboard_id: str, move: Annotated[Move, Body()]) -> None:
    """Puts a dashboard into a folder, or to the top."""
    folders.move(app.caller(), "dashboard", dashboard_id, move)


handler = app.handler()
