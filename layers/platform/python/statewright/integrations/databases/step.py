"""``db.*``, as a step's Lambda performs it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import closing
from functools import partial
from typing import Any

from statewright.integrations import credentials
from statewright.integrations.credentials import Credentials
from statewright.integrations.databases import exporting
from statewright.integrations.databases.driver import Driver, Limits, Row
from statewright.integrations.databases.errors import DatabaseError, DatabaseTooLargeError
from statewright.integrations.databases.opening import opened
from statewright.integrations.databases.values import shown
from statewright.integrations.errors import ConnectionInvalidError
from statewright.integrations.redaction import redact

MAX_ROWS = 10_000


def perform(event: dict[str, Any]) -> dict[str, Any]:
    """The result of a step.

    Raises:
        DatabaseError: under the name of what went wrong, without the connection's secrets.
        ConnectionInvalidError: the step has no connection of the kind ``database``.
    """
    if event.get("connection") is None:
        raise ConnectionInvalidError("db.* needs a connection of the kind database")
    connection = credentials.for_step(event["workspace_id"], event["connection"])
    try:
        return _performed(connection, event)
    except DatabaseError as error:
        raise type(error)(redact(str(error), connection.texts())) from None


def _performed(connection: Credentials, event: dict[str, Any]) -> dict[str, Any]:
    inputs = event["with"]
    limits = limits_of(inputs)
    match inputs["operation"]:
        case "query" if inputs.get("to"):
            reading = partial(opened, connection, read_only=True)
            return exporting.export(event, reading, _statement(inputs), _values(inputs))
        case "query":
            with opened(connection, limits, read_only=True) as driver:
                rows = asked(driver, _statement(inputs), _values(inputs), limits)
            return {"rows": rows, "count": len(rows)}
        case "execute":
            with opened(connection, limits, read_only=False) as driver:
                count, rows = driver.execute(_statement(inputs), _values(inputs), limits.rows)
            return {"count": count, "rows": taken(rows, limits)}
    key = inputs["key"] if inputs["operation"] == "upsert" else None
    with opened(connection, limits, read_only=False) as driver:
        return {"count": driver.write(inputs["table"], inputs["rows"], key)}


def _statement(inputs: dict[str, Any]) -> str:
    return str(inputs.get("sql") or inputs.get("collection") or "")


def _values(inputs: dict[str, Any]) -> dict[str, Any]:
    document = ("filter", "projection", "sort", "skip", "update", "delete")
    named = {name: inputs[name] for name in document if name in inputs}
    return {**named, **(inputs.get("parameters") or {})}


def limits_of(inputs: dict[str, Any]) -> Limits:
    """What a step asks for, within what a step may."""
    return Limits(
        min(int(inputs.get("limit") or 1_000), MAX_ROWS),
        seconds=min(float(inputs.get("seconds") or 20), 25.0),
    )


def asked(driver: Driver, statement: str, values: dict[str, Any], limits: Limits) -> list[Row]:
    """The rows of a query; one that is given up is ended before the connection is."""
    with closing(driver.query(statement, values)) as rows:
        return taken(rows, limits)


def taken(rows: Iterable[Row], limits: Limits) -> list[Row]:
    """Rows as JSON.

    Raises:
        DatabaseTooLargeError: there are more of them, or they are larger, than they may.
    """
    found: list[Row] = []
    size = 0
    for row in rows:
        if len(found) == limits.rows:
            raise DatabaseTooLargeError(f"there are more than {limits.rows:,} rows")
        found.append({str(name): shown(value) for name, value in row.items()})
        size += len(json.dumps(found[-1], ensure_ascii=False))
        if size > limits.size:
            raise DatabaseTooLargeError(f"the rows have more than {limits.size:,} bytes")
    return found
