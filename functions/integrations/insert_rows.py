"""POST /v1/tables/{table}/rows: further rows."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.integrations.tables import rows
from statewright.integrations.tables.models import NewRows

app = Api(permission="tables:write")


@app.post("/v1/tables/<table>/rows", status_code=201, summary="Add rows", tags=["tables"])
def insert_rows(table: str, new: Annotated[NewRows, Body()]) -> dict[str, list[str]]:
    """Adds rows, all or none, and says their ids."""
    return {"ids": rows.insert(app.caller().workspace_id, table, new.rows)}


handler = app.handler()
