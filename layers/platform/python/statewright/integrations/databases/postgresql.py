"""PostgreSQL, by psycopg."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import dict_row

from statewright.integrations.databases import statements
from statewright.integrations.databases.driver import CONNECT_SECONDS, Limits, Row, parsed
from statewright.integrations.databases.errors import (
    DatabaseConflictError,
    DatabaseError,
    DatabaseInvalidError,
    DatabaseRefusedError,
    DatabaseTimeoutError,
    DatabaseUnavailableError,
)
from statewright.integrations.reach import Reach

_FETCHED = 500
_SCHEMA = b"""
    SELECT c.table_schema || '.' || c.table_name AS "table", c.column_name AS name,
        c.data_type AS type, c.is_nullable = 'YES' AS nullable
    FROM information_schema.columns c
    WHERE c.table_schema NOT IN ('information_schema', 'pg_catalog')
    ORDER BY 1, c.ordinal_position LIMIT 5000"""


class PostgreSql:
    """A connection to PostgreSQL."""

    def __init__(self, connection: psycopg.Connection[Any]):
        self._connection = connection

    def query(self, statement: str, values: Mapping[str, Any]) -> Generator[Row, None, None]:
        """By a cursor in the server, so that a large result comes piece by piece."""
        found = statements.bound(statement, values, "postgresql")
        self._connection.read_only = True
        with self._connection.cursor("statewright", row_factory=dict_row) as cursor:
            cursor.itersize = _FETCHED
            cursor.execute(found.sql.encode(), found.values)
            yield from cursor

    def execute(
        self, statement: str, values: Mapping[str, Any], most: int
    ) -> tuple[int, list[Row]]:
        """In one transaction."""
        found = statements.bound(statement, values, "postgresql")
        with self._connection.transaction():
            # With values, even none, the protocol takes one statement only.
            cursor = self._connection.cursor(row_factory=dict_row)
            cursor.execute(found.sql.encode(), found.values, prepare=True)
            rows = cursor.fetchmany(most + 1) if cursor.description else []
            return max(cursor.rowcount, 0), rows

    def write(self, table: str, rows: Sequence[Row], key: Sequence[str] | None) -> int:
        """In one transaction."""
        columns = statements.columns_of(rows)
        sql = (
            statements.insert(table, columns, "postgresql")
            if key is None
            else statements.upsert(table, columns, key, "postgresql")
        )
        values = [
            {f"p{i}": statements.value_of(row[c], c) for i, c in enumerate(columns)} for row in rows
        ]
        with self._connection.transaction():
            self._connection.cursor().executemany(sql.encode(), values)
        return len(rows)

    def schema(self) -> list[dict[str, Any]]:
        """Tables and views that one may see."""
        return self._connection.cursor(row_factory=dict_row).execute(_SCHEMA).fetchall()


@contextmanager
def opened(url: str, reach: Reach, limits: Limits, *, read_only: bool) -> Iterator[PostgreSql]:
    """A connection, for as long as it is needed."""
    address = parsed(url, reach, ("postgresql", "postgres"), 5432)
    milliseconds = int(limits.seconds * 1000)
    with (
        _mapped(limits),
        psycopg.connect(
            host=address.host,
            hostaddr=address.address,
            port=address.port,
            user=address.user,
            password=address.password,
            dbname=address.database or "postgres",
            sslmode=address.options.get("sslmode", "prefer"),
            connect_timeout=CONNECT_SECONDS,
            application_name="statewright",
            options=f"-c statement_timeout={milliseconds}"
            f" -c default_transaction_read_only={'on' if read_only else 'off'}",
        ) as connection,
    ):
        yield PostgreSql(connection)
        connection.rollback()


@contextmanager
def _mapped(limits: Limits) -> Iterator[None]:
    try:
        yield
    except psycopg.errors.QueryCanceled:
        raise DatabaseTimeoutError(f"the database took more than {limits.seconds:g} s") from None
    except psycopg.Error as error:
        raise _kind(error)(_sentence(error)) from None


def _kind(error: psycopg.Error) -> type[DatabaseError]:
    state = error.sqlstate or ""
    match state[:2]:
        case "23" | "40" | "55":
            return DatabaseConflictError
        case "25" | "28":
            return DatabaseRefusedError
        case "08" | "53" | "57":
            return DatabaseUnavailableError
        case "":
            unreachable = isinstance(error, psycopg.OperationalError)
            return DatabaseUnavailableError if unreachable else DatabaseInvalidError
    return DatabaseRefusedError if state == "42501" else DatabaseInvalidError


def _sentence(error: psycopg.Error) -> str:
    return (error.diag.message_primary or str(error).split("\n")[0])[:500]
