"""GET /v1/connections/{connection_id}/schema: a database's tables and columns."""

from statewright.http import Api
from statewright.integrations.databases import browsing
from statewright.integrations.databases.browsing import TableInfo

app = Api(permission="connections:read")


@app.get(
    "/v1/connections/<connection_id>/schema",
    summary="Browse a database",
    tags=["connections"],
)
def get_database_schema(connection_id: str) -> list[TableInfo]:
    """Tables, views or collections with their columns."""
    return browsing.schema(app.caller(), connection_id)


handler = app.handler()
