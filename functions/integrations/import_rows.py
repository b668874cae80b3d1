"""POST /v1/tables/{table}/imports: rows of a file."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.integrations.tables import importing
from statewright.integrations.tables.models import Import, NewImport

app = Api(permission="tables:write")


@app.post("/v1/tables/<table>/imports", summary="Import rows of a file", tags=["tables"])
def import_rows(table: str, wanted: Annotated[NewImport, Body()]) -> Import:
    """Takes some of a CSV, XLSX, JSON or JSON Lines file's rows; says which do not fit, and why."""
    return importing.run(app.caller(), table, wanted)


handler = app.handler()
