"""Finds out whether a connection works."""

from __future__ import annotations

from statewright import world
from statewright.auth import audit
from statewright.db import load_queries, tenant
from statewright.errors import InvalidError
from statewright.http.caller import Caller
from statewright.integrations import authorizing, connections, credentials, outbound
from statewright.integrations.connection_models import TestResult
from statewright.integrations.credentials import Credentials
from statewright.integrations.databases.driver import Limits as DatabaseLimits
from statewright.integrations.databases.errors import DatabaseError
from statewright.integrations.databases.opening import opened
from statewright.integrations.errors import ConnectionUnauthorizedError, IntegrationError
from statewright.integrations.messages import Limits, Request
from statewright.integrations.outbound import OutboundError
from statewright.integrations.reach import reach_of
from statewright.integrations.redaction import redact

_LIMITS = Limits(size=1_000_000, seconds=10.0)
_sql = load_queries(__package__, "connections.sql")


def test(caller: Caller, connection_id: str) -> TestResult:
    """Uses a connection once, without changing anything over there, and notes the result."""
    with tenant(caller.workspace_id) as session:
        known = connections.found(session, caller, connection_id)
        connection = credentials.find_by_id(session, known.id)
    state = "fails"
    try:
        result = _tried(connection)
        state = "works" if result.works else "fails"
    except ConnectionUnauthorizedError as error:
        state, result = "unauthorized", TestResult(works=False, detail=str(error))
    except (IntegrationError, InvalidError) as error:
        result = TestResult(works=False, detail=str(error))
    detail = redact(result.detail, connection.texts())[:500]
    result = TestResult(works=result.works, detail=detail)
    with tenant(caller.workspace_id) as session:
        session.run(
            _sql.note_state,
            id=known.id,
            state=state,
            detail=detail,
            now=world.now(),
        )
        audit.record(
            session, caller, "connection.tested", f"connection:{known.id}", works=result.works
        )
    return result


def _tried(connection: Credentials) -> TestResult:
    if connection.kind == "signing_secret":
        return TestResult(works=True, detail="There is a secret to verify with.")
    if connection.kind == "database":
        return _database(connection)
    path = connection.settings.get("test_path", "/")
    request = authorizing.authorize(connection, Request("GET", path))
    try:
        with outbound.stream(request, reach_of(connection.workspace_id), _LIMITS) as (head, _):
            status = head.status
    except OutboundError as error:
        return TestResult(works=False, detail=str(error))
    works = status < 500 and status not in {401, 403}
    return TestResult(works=works, detail=f"GET {path} answered {status}.")


def _database(connection: Credentials) -> TestResult:
    try:
        with opened(connection, DatabaseLimits(seconds=10), read_only=True) as driver:
            tables = {column["table"] for column in driver.schema()}
    except DatabaseError as error:
        return TestResult(works=False, detail=str(error))
    return TestResult(works=True, detail=f"The database has {len(tables)} tables.")
