"""GET /v1/tables/{table}/rows: rows that fulfil conditions."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api, Page
from statewright.integrations.tables import rows
from statewright.integrations.tables.conditions import conditions_from
from statewright.integrations.tables.models import Row

app = Api(permission="tables:read")


@app.get("/v1/tables/<table>/rows", summary="Find rows", tags=["tables"])
def find_rows(
    table: str,
    where: Annotated[str, Query(max_length=20_000)] = "[]",
    order_by: str | None = None,
    descending: bool = False,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Page[Row]:
    """Rows that fulfil all conditions; ``where`` is a JSON list of column, op and value."""
    workspace_id, found = app.caller().workspace_id, conditions_from(where)
    return rows.find(
        workspace_id, table, found, order_by, descending=descending, limit=limit, cursor=cursor
    )


handler = app.handler()
