"""POST /v1/connections/{connection_id}/test: whether a connection works."""

from statewright.http import Api
from statewright.integrations import connection_testing
from statewright.integrations.connection_models import TestResult

app = Api(permission="connections:write")


@app.post("/v1/connections/<connection_id>/test", summary="Test a connection", tags=["connections"])
def test_connection(connection_id: str) -> TestResult:
    """Uses the connection once, without changing anything over there."""
    return connection_testing.test(app.caller(), connection_id)


handler = app.handler()
