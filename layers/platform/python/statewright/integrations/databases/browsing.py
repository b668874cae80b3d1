"""A database's tables and columns, for whoever writes a workflow."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from pydantic import BaseModel

from statewright.db import tenant
from statewright.errors import ConflictError, UnavailableError
from statewright.http.caller import Caller
from statewright.integrations import connections, credentials
from statewright.integrations.databases.driver import Limits
from statewright.integrations.databases.errors import DatabaseError
from statewright.integrations.databases.opening import opened
from statewright.integrations.errors import ConnectionInvalidError
from statewright.integrations.redaction import redact


class ColumnInfo(BaseModel):
    """A column."""

    name: str
    type: str
    nullable: bool


class TableInfo(BaseModel):
    """A table, view or collection."""

    name: str
    columns: list[ColumnInfo]


def schema(caller: Caller, connection_id: str) -> list[TableInfo]:
    """What is in the database of a connection.

    Raises:
        ConflictError: the connection is no database.
        UnavailableError: the database cannot be asked.
    """
    with tenant(caller.workspace_id) as session:
        known = connections.found(session, caller, connection_id)
        connection = credentials.find_by_id(session, known.id)
    try:
        with opened(connection, Limits(seconds=10), read_only=True) as driver:
            found = driver.schema()
    except ConnectionInvalidError as error:
        raise ConflictError(str(error)) from error
    except DatabaseError as error:
        raise UnavailableError(redact(str(error), connection.texts())) from error
    return [
        TableInfo(name=name, columns=[_column(row) for row in rows])
        for name, rows in groupby(found, key=lambda row: str(row["table"]))
    ]


def _column(row: dict[str, Any]) -> ColumnInfo:
    return ColumnInfo(name=row["name"], type=str(row["type"]), nullable=row["nullable"])
