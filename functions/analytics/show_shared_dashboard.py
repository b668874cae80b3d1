"""GET /shared/dashboards/{token}: a dashboard, by a link."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.analytics import dashboards
from statewright.analytics.dashboard_answer import answered
from statewright.analytics.dashboards import View
from statewright.http import Api

app = Api(permission=None)


@app.get("/shared/dashboards/<token>", summary="Show a shared dashboard", tags=["analytics"])
def show_shared_dashboard(
    token: str,
    time_zone: Annotated[str | None, Query(max_length=64)] = None,
    locale: Annotated[str | None, Query(max_length=20)] = None,
) -> Response[Any]:
    """The figures of now, for whoever has the link; 304 where they are known."""
    view = View(time_zone, locale, app.header("if-none-match"))
    return answered(dashboards.look_shared(token, view))


handler = app.handler()
