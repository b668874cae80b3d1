"""PATCH /v1/tables/{table}/rows/{row_id}: a rows values."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.integrations.tables import rows
from statewright.integrations.tables.models import RowValues

app = Api(permission="tables:write")


@app.patch(
    "/v1/tables/<table>/rows/<row_id>", status_code=204, summary="Change a row", tags=["tables"]
)
def update_row(table: str, row_id: str, wanted: Annotated[RowValues, Body()]) -> None:
    """Changes a row; values that are not given stay."""
    rows.change_row(app.caller().workspace_id, table, row_id, wanted.values)


handler = app.handler()
