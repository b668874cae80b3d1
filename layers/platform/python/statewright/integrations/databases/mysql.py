"""MySQL and MariaDB, by PyMySQL."""

from __future__ import annotations

import ssl
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pymysql
from pymysql.constants import ER
from pymysql.cursors import DictCursor, SSDictCursor

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

_TIMED_OUT = {1969, 3024, 1317}  # MariaDB's, MySQL's, an interrupted statement
_CONFLICTS = {
    ER.DUP_ENTRY,
    ER.LOCK_DEADLOCK,
    ER.LOCK_WAIT_TIMEOUT,
    1048,
    1364,
    1451,
    1452,
    3819,
    4025,
}
_REFUSED = {1044, 1045, 1142, 1143, 1227, 1290, 1792}
_SCHEMA = """
    SELECT CONCAT(table_schema, '.', table_name) AS `table`, column_name AS name,
        data_type AS type, is_nullable = 'YES' AS nullable
    FROM information_schema.columns
    WHERE table_schema NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')
    ORDER BY 1, ordinal_position LIMIT 5000"""


class MySql:
    """A connection to MySQL or MariaDB."""

    def __init__(self, connection: Any, *, read_only: bool):
        self._connection, self._read_only = connection, read_only

    def query(self, statement: str, values: Mapping[str, Any]) -> Generator[Row, None, None]:
        """Row by row as they come over the wire, in a transaction that can only read."""
        found = statements.bound(statement, values, "mysql")
        self._connection.query("START TRANSACTION READ ONLY")
        with self._connection.cursor(SSDictCursor) as cursor:
            cursor.execute(found.sql, found.values)
            yield from cursor

    def execute(
        self, statement: str, values: Mapping[str, Any], most: int
    ) -> tuple[int, list[Row]]:
        """In one transaction."""
        found = statements.bound(statement, values, "mysql")
        self._begin()
        with self._connection.cursor(DictCursor) as cursor:
            count = cursor.execute(found.sql, found.values)
            rows = cursor.fetchmany(most + 1) if cursor.description else []
        self._connection.commit()
        return count, list(rows)

    def write(self, table: str, rows: Sequence[Row], key: Sequence[str] | None) -> int:
        """In one transaction. The table's own unique keys decide which row is the same."""
        columns = statements.columns_of(rows)
        sql = (
            statements.insert(table, columns, "mysql")
            if key is None
            else statements.upsert(table, columns, key, "mysql")
        )
        self._begin()
        with self._connection.cursor() as cursor:
            for row in rows:
                values = {f"p{i}": statements.value_of(row[c], c) for i, c in enumerate(columns)}
                cursor.execute(sql, values)
        self._connection.commit()
        return len(rows)

    def _begin(self) -> None:
        self._connection.query(f"START TRANSACTION{' READ ONLY' if self._read_only else ''}")

    def schema(self) -> list[dict[str, Any]]:
        """Tables and views that one may see."""
        with self._connection.cursor(DictCursor) as cursor:
            cursor.execute(_SCHEMA)
            return [{**row, "nullable": bool(row["nullable"])} for row in cursor.fetchall()]


@contextmanager
def opened(url: str, reach: Reach, limits: Limits, *, read_only: bool) -> Iterator[MySql]:
    """A connection, for as long as it is needed."""
    address = parsed(url, reach, ("mysql", "mariadb"), 3306)
    with _mapped(limits):
        connection = pymysql.connect(
            host=address.address,
            port=address.port,
            user=address.user,
            password=address.password,
            database=address.database or None,
            charset="utf8mb4",
            connect_timeout=CONNECT_SECONDS,
            read_timeout=limits.seconds + 5,
            write_timeout=limits.seconds + 5,
            local_infile=False,
            ssl=_tls(address.options.get("ssl")),
        )
        try:
            _limit(connection, limits)
            yield MySql(connection, read_only=read_only)
        finally:
            connection.close()


def _tls(wanted: str | None) -> ssl.SSLContext | None:
    return ssl.create_default_context() if wanted in {"1", "true", "required"} else None


def _limit(connection: Any, limits: Limits) -> None:
    """MariaDB counts in seconds, MySQL in milliseconds (and of SELECTs only). Rows beyond the limit
    would have to be read before the connection can end well, so there are none."""
    connection.query(f"SET SESSION sql_select_limit = {limits.rows + 1}")
    if "MariaDB" in connection.get_server_info():
        connection.query(f"SET SESSION max_statement_time = {float(limits.seconds)}")
    else:
        connection.query(f"SET SESSION max_execution_time = {int(limits.seconds * 1000)}")


@contextmanager
def _mapped(limits: Limits) -> Iterator[None]:
    try:
        yield
    except pymysql.err.Error as error:
        number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        if number in _TIMED_OUT or (number == 2013 and "timed out" in str(error)):
            sentence = f"the database took more than {limits.seconds:g} s"
            raise DatabaseTimeoutError(sentence) from None
        raise _kind(number)(str(error.args[-1] if error.args else error)[:500]) from None


def _kind(number: int) -> type[DatabaseError]:
    if number in _CONFLICTS:
        return DatabaseConflictError
    if number in _REFUSED:
        return DatabaseRefusedError
    return DatabaseUnavailableError if 2000 <= number < 3000 else DatabaseInvalidError
