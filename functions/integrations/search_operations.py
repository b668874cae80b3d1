"""GET /v1/operations: operations of connectors, by words."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api, Page
from statewright.integrations.connectors import managing
from statewright.integrations.connectors.models import OperationView

app = Api(permission="connectors:read")


@app.get("/v1/operations", summary="Search operations", tags=["connectors"])
def search_operations(
    q: Annotated[str | None, Query(max_length=200)] = None,
    connector: Annotated[str | None, Query(max_length=40)] = None,
    cursor: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[OperationView]:
    """Operations whose name, title, path or description has the words; or all."""
    return managing.search(app.caller(), connector, q, cursor, limit)


handler = app.handler()
