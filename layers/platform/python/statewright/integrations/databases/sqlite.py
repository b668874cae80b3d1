"""SQLite: a file of the workspace's, brought here for as long as it is needed.

What changes it is stored back, unless somebody else has stored another version meanwhile.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from statewright.integrations.databases import statements
from statewright.integrations.databases.driver import Limits, Row
from statewright.integrations.databases.errors import (
    DatabaseConflictError,
    DatabaseInvalidError,
    DatabaseRefusedError,
    DatabaseTimeoutError,
)

MAX_SIZE = 100_000_000
"""The most bytes of a database's file."""
_STEPS = 10_000


class Sqlite:
    """A connection to a database's file."""

    def __init__(self, connection: sqlite3.Connection, *, read_only: bool):
        self._connection, self._read_only = connection, read_only

    def query(self, statement: str, values: Mapping[str, Any]) -> Generator[Row, None, None]:
        """Row by row; the connection refuses changes."""
        found = statements.bound(statement, values, "sqlite")
        self._connection.execute("PRAGMA query_only = ON")
        yield from self._rows(self._connection.execute(found.sql, found.values))

    def execute(
        self, statement: str, values: Mapping[str, Any], most: int
    ) -> tuple[int, list[Row]]:
        """In one transaction."""
        self._refuse_changes()
        found = statements.bound(statement, values, "sqlite")
        with self._connection:
            cursor = self._connection.execute(found.sql, found.values)
            rows = [row for row, _ in zip(self._rows(cursor), range(most + 1), strict=False)]
            return max(cursor.rowcount, len(rows)), rows

    def write(self, table: str, rows: Sequence[Row], key: Sequence[str] | None) -> int:
        """In one transaction."""
        self._refuse_changes()
        columns = statements.columns_of(rows)
        sql = (
            statements.insert(table, columns, "sqlite")
            if key is None
            else statements.upsert(table, columns, key, "sqlite")
        )
        values = [
            {f"p{i}": statements.value_of(row[c], c) for i, c in enumerate(columns)} for row in rows
        ]
        with self._connection:
            self._connection.executemany(sql, values)
        return len(rows)

    def schema(self) -> list[dict[str, Any]]:
        """Tables and views."""
        names = [
            row[0]
            for row in self._connection.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
                " AND name NOT LIKE 'sqlite_%' ORDER BY name LIMIT 500"
            )
        ]
        return [
            {"table": name, "name": row[1], "type": row[2], "nullable": not row[3]}
            for name in names
            for row in self._connection.execute("SELECT * FROM pragma_table_info(?)", (name,))
        ]

    def _refuse_changes(self) -> None:
        if self._read_only:
            raise DatabaseRefusedError("the connection is read-only")

    @staticmethod
    def _rows(cursor: sqlite3.Cursor) -> Iterator[Row]:
        names = [column[0] for column in cursor.description or ()]
        yield from (dict(zip(names, row, strict=True)) for row in cursor)


@contextmanager
def opened_file(
    file: Path, limits: Limits, now: Callable[[], float], *, read_only: bool
) -> Iterator[Sqlite]:
    """A connection to a file on this machine."""
    ends = now() + limits.seconds
    try:
        with closing(sqlite3.connect(file, timeout=limits.seconds)) as connection:
            connection.set_progress_handler(lambda: now() > ends, _STEPS)
            connection.set_authorizer(_authorize)
            yield Sqlite(connection, read_only=read_only)
    except sqlite3.IntegrityError as error:
        raise DatabaseConflictError(str(error)) from None
    except sqlite3.Error as error:
        if "interrupted" in str(error):
            sentence = f"the database took more than {limits.seconds:g} s"
            raise DatabaseTimeoutError(sentence) from None
        if "readonly" in str(error) or "not authorized" in str(error):
            raise DatabaseRefusedError(str(error)) from None
        raise DatabaseInvalidError(str(error)) from None


_PRAGMAS = {"query_only", "table_info", "user_version", "foreign_keys"}


def _authorize(action: int, first: str | None, *_: Any) -> int:
    """No other files, no extensions, no settings but a few."""
    if action in {sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH}:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and first not in _PRAGMAS:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_FUNCTION and _[0] in {"load_extension", "readfile", "writefile"}:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="sqlite-") as folder:
        yield Path(folder)
