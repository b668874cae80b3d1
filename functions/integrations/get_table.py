"""GET /v1/tables/{table}: a table."""

from statewright.http import Api
from statewright.integrations.tables import rows
from statewright.integrations.tables.models import Table

app = Api(permission="tables:read")


@app.get("/v1/tables/<table>", summary="See a table", tags=["tables"])
def get_table(table: str) -> Table:
    """A table by name."""
    return rows.get(app.caller().workspace_id, table)


handler = app.handler()
