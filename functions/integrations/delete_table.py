"""DELETE /v1/tables/{table}: a table with its rows."""

from statewright.http import Api
from statewright.integrations.tables import rows

app = Api(permission="tables:write")


@app.delete("/v1/tables/<table>", status_code=204, summary="Delete a table", tags=["tables"])
def delete_table(table: str) -> None:
    """Removes a table with its rows."""
    rows.delete(app.caller().workspace_id, table)


handler = app.handler()
