"""PATCH /v1/tables/{table}: further columns."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.integrations.tables import rows
from statewright.integrations.tables.models import Table, TableChange

app = Api(permission="tables:write")


@app.patch("/v1/tables/<table>", summary="Add columns", tags=["tables"])
def update_table(table: str, wanted: Annotated[TableChange, Body()]) -> Table:
    """Adds columns to a table."""
    return rows.change(app.caller().workspace_id, table, wanted)


handler = app.handler()
