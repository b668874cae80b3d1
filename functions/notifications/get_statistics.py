"""GET /v1/notification-statistics: deliveries by channel, template and status."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api
from statewright.notifications import accounts
from statewright.notifications.account_models import Statistic

app = Api(permission="notifications:read")


@app.get("/v1/notification-statistics", summary="Count deliveries", tags=["notifications"])
def get_statistics(since: Annotated[datetime | None, Query()] = None) -> list[Statistic]:
    """Deliveries by channel, template and status."""
    return accounts.statistics(app.caller().workspace_id, since)


handler = app.handler()
