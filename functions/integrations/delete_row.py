"""DELETE /v1/tables/{table}/rows/{row_id}: a row."""

from statewright.http import Api
from statewright.integrations.tables import rows

app = Api(permission="tables:write")


@app.delete(
    "/v1/tables/<table>/rows/<row_id>", status_code=204, summary="Delete a row", tags=["tables"]
)
def delete_row(table: str, row_id: str) -> None:
    """Deletes a row."""
    rows.remove_row(app.caller().workspace_id, table, row_id)


handler = app.handler()
