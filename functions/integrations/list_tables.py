"""GET /v1/tables: tables."""

from statewright.http import Api
from statewright.integrations.tables import rows
from statewright.integrations.tables.models import Table

app = Api(permission="tables:read")


@app.get("/v1/tables", summary="List tables", tags=["tables"])
def list_tables() -> list[Table]:
    """Tables by name."""
    return rows.list_all(app.caller().workspace_id)


handler = app.handler()
