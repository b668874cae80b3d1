"""GET /v1/dashboards/{dashboard_id}/data: a dashboard's figures."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.analytics import dashboards
from statewright.analytics.dashboard_answer import answered
from statewright.analytics.dashboards import View
from statewright.http import Api

app = Api(permission="reports:read")


@app.get(
    "/v1/dashboards/<dashboard_id>/data", summary="Show a dashboard's figures", tags=["analytics"]
)
def get_dashboard_data(
    dashboard_id: str,
    time_zone: Annotated[str | None, Query(max_length=64)] = None,
    locale: Annotated[str | None, Query(max_length=20)] = None,
) -> Response[Any]:
    """The figures of now; 304 where `If-None-Match` names them."""
    caller = app.caller()
    view = View(time_zone, locale, app.header("if-none-match"))
    return answered(dashboards.look(caller.workspace_id, dashboard_id, caller.user_id, view))


handler = app.handler()
