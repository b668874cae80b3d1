"""GET /v1/connectors/{connector}/operations/{operation}: an operation's form and result."""

from statewright.http import Api
from statewright.integrations.connectors import managing
from statewright.integrations.connectors.models import OperationDetail

app = Api(permission="connectors:read")


@app.get(
    "/v1/connectors/<connector>/operations/<operation>",
    summary="Show an operation",
    tags=["connectors"],
)
def get_operation(connector: str, operation: str) -> OperationDetail:
    """An operation with JSON Schemas of its inputs and of its result."""
    return managing.get_operation(app.caller(), connector, operation)


handler = app.handler()
