"""POST /v1/tables: a table whose rows are kept here."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.integrations.tables import rows
from statewright.integrations.tables.models import NewTable, Table

app = Api(permission="tables:write")


@app.post("/v1/tables", status_code=201, summary="Make a table", tags=["tables"])
def create_table(new: Annotated[NewTable, Body()]) -> Table:
    """Makes a table with typed columns."""
    return rows.create(app.caller().workspace_id, new)


handler = app.handler()
