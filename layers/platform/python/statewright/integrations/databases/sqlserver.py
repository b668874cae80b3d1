"""SQL Server, by python-tds."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import certifi
import pytds

from statewright.integrations.databases import statements
from statewright.integrations.databases.driver import CONNECT_SECONDS, Address, Limits, Row, parsed
from statewright.integrations.databases.errors import (
    DatabaseConflictError,
    DatabaseInvalidError,
    DatabaseRefusedError,
    DatabaseTimeoutError,
    DatabaseUnavailableError,
)
from statewright.integrations.reach import Reach

_CONFLICTS = {515, 547, 1205, 2601, 2627}
_REFUSED = {229, 230, 262, 916, 4060, 18456}
_SCHEMA = """
    SELECT TOP 5000 table_schema + '.' + table_name AS [table], column_name AS name,
        data_type AS type, CASE is_nullable WHEN 'YES' THEN 1 ELSE 0 END AS nullable
    FROM information_schema.columns ORDER BY 1, ordinal_position"""


class SqlServer:
    """A connection to SQL Server. It has no transactions that can only read: what a query changes
    is rolled back."""

    def __init__(self, connection: Any, *, read_only: bool):
        self._connection, self._read_only = connection, read_only

    def query(self, statement: str, values: Mapping[str, Any]) -> Generator[Row, None, None]:
        """Row by row; rolled back at the end."""
        found = statements.bound(statement, values, "sqlserver")
        with self._connection.cursor() as cursor:
            cursor.execute(found.sql, found.values or None)
            yield from _rows(cursor)
        self._connection.rollback()

    def execute(
        self, statement: str, values: Mapping[str, Any], most: int
    ) -> tuple[int, list[Row]]:
        """In one transaction."""
        self._refuse_changes()
        found = statements.bound(statement, values, "sqlserver")
        with self._connection.cursor() as cursor:
            cursor.execute(found.sql, found.values or None)
            rows = [row for row, _ in zip(_rows(cursor), range(most + 1), strict=False)]
            count = max(cursor.rowcount, len(rows))
        self._connection.commit()
        return count, rows

    def write(self, table: str, rows: Sequence[Row], key: Sequence[str] | None) -> int:
        """In one transaction."""
        self._refuse_changes()
        columns = statements.columns_of(rows)
        sql = (
            statements.insert(table, columns, "sqlserver")
            if key is None
            else statements.upsert(table, columns, key, "sqlserver")
        )
        with self._connection.cursor() as cursor:
            for row in rows:
                values = {f"p{i}": statements.value_of(row[c], c) for i, c in enumerate(columns)}
                cursor.execute(sql, values)
        self._connection.commit()
        return len(rows)

    def _refuse_changes(self) -> None:
        if self._read_only:
            raise DatabaseRefusedError("the connection is read-only")

    def schema(self) -> list[dict[str, Any]]:
        """Tables and views that one may see."""
        with self._connection.cursor() as cursor:
            cursor.execute(_SCHEMA)
            return [{**row, "nullable": bool(row["nullable"])} for row in _rows(cursor)]


def _rows(cursor: Any) -> Iterator[Row]:
    names = [column[0] for column in cursor.description or ()]
    if names:
        yield from (dict(zip(names, row, strict=True)) for row in cursor)


@contextmanager
def opened(url: str, reach: Reach, limits: Limits, *, read_only: bool) -> Iterator[SqlServer]:
    """A connection, for as long as it is needed."""
    address = parsed(url, reach, ("sqlserver", "mssql"), 1433)
    with _mapped(limits), _connected(address, limits, read_only) as connection:
        yield SqlServer(connection, read_only=read_only)


def _connected(address: Address, limits: Limits, read_only: bool) -> Any:
    encrypted = {"cafile": certifi.where(), "validate_host": True}
    try:
        return pytds.connect(
            dsn=address.host if address.options.get("encrypt") else address.address,
            port=address.port,
            user=address.user,
            password=address.password,
            database=address.database or None,
            login_timeout=CONNECT_SECONDS,
            timeout=limits.seconds,
            appname="statewright",
            readonly=read_only,
            **(encrypted if address.options.get("encrypt") else {}),
        )
    except (pytds.TimeoutError, TimeoutError):
        sentence = f"the database does not answer within {CONNECT_SECONDS} s"
        raise DatabaseUnavailableError(sentence) from None


@contextmanager
def _mapped(limits: Limits) -> Iterator[None]:
    try:
        yield
    except (pytds.TimeoutError, TimeoutError):
        raise DatabaseTimeoutError(f"the database took more than {limits.seconds:g} s") from None
    except (pytds.LoginError, pytds.Error, OSError) as error:
        number = int(getattr(error, "number", 0) or 0)
        sentence = (str(error) or type(error).__name__)[:500]
        if number in _CONFLICTS or isinstance(error, pytds.IntegrityError):
            raise DatabaseConflictError(sentence) from None
        if number in _REFUSED or isinstance(error, pytds.LoginError):
            raise DatabaseRefusedError(sentence) from None
        if number:
            raise DatabaseInvalidError(sentence) from None
        raise DatabaseUnavailableError(sentence) from None
