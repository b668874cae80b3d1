"""Transactions. A tenant's transaction sees and changes rows of its own workspace only.

PostgreSQL enforces it: the transaction runs as the role ``statewright_tenant``, for which every
table has a row-level security policy on the workspace that is set here. A query that forgets the
workspace returns nothing (https://www.postgresql.org/docs/current/ddl-rowsecurity.html).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from statewright.errors import ConflictError, ForbiddenError, InvalidError, UnavailableError
from statewright.settings import settings

_ENTER = (
    b"SELECT set_config('role', 'statewright_tenant', true),"
    b" set_config('statewright.workspace', %s, true),"
    b" set_config('statewright.scopes', %s, true)"
)
_WRITES = ("INSERT", "UPDATE", "DELETE", "MERGE")
_scopes: ContextVar[str] = ContextVar("scopes", default="")
_witness: ContextVar[Callable[[Session], None] | None] = ContextVar("witness", default=None)


class Session:
    """One transaction. ``changed``: it has written something; ``noted``: and that is in the audit
    log already; ``made``: the id of the first row that was added."""

    def __init__(self, connection: psycopg.Connection[DictRow]):
        self._connection = connection
        self.changed = False
        self.noted = False
        self.made = ""

    def all(self, query: bytes, **parameters: Any) -> list[dict[str, Any]]:
        """The rows of a query."""
        return self._execute(query, parameters).fetchall()

    def one(self, query: bytes, **parameters: Any) -> dict[str, Any] | None:
        """The first row, or None."""
        return self._execute(query, parameters).fetchone()

    def run(self, query: bytes, **parameters: Any) -> int:
        """Executes a statement and returns how many rows it touched."""
        return self._execute(query, parameters).rowcount

    def stream(self, query: bytes, **parameters: Any) -> Iterator[dict[str, Any]]:
        """The rows of a query through a cursor of the server's: however many, a few at a time."""
        with self._connection.cursor(name="stream") as cursor:
            cursor.itersize = 5_000
            cursor.execute(query, parameters)
            yield from cursor

    def _execute(self, query: bytes, parameters: dict[str, Any]) -> psycopg.Cursor[DictRow]:
        cursor = self._connection.execute(query, parameters)
        if cursor.rowcount > 0 and (cursor.statusmessage or "").startswith(_WRITES):
            self.changed = True
            if not self.made and (cursor.statusmessage or "").startswith("INSERT"):
                self.made = str(parameters.get("id", ""))
        return cursor


@lru_cache(maxsize=1)
def _pool() -> ConnectionPool[psycopg.Connection[DictRow]]:
    chosen = settings()
    return ConnectionPool(
        chosen.database_url,
        min_size=1,
        max_size=chosen.database_pool,
        kwargs={"row_factory": dict_row, "autocommit": True},
        timeout=5,
        open=True,
    )


def close_pool() -> None:
    """Closes this process's connections; the next use opens new ones."""
    if _pool.cache_info().currsize:
        _pool().close()
        _pool.cache_clear()


@contextmanager
def _connection() -> Iterator[psycopg.Connection[DictRow]]:
    try:
        with _pool().connection() as connection:
            yield connection
    except psycopg.errors.UniqueViolation as error:
        raise ConflictError("There is one of that name already.") from error
    except psycopg.errors.ForeignKeyViolation as error:
        raise ConflictError("Something that this refers to has changed. Try again.") from error
    except psycopg.DataError as error:
        if "NUL" not in str(error) and "\\u0000" not in str(error):
            raise
        raise InvalidError("A text holds a NUL character, which cannot be stored.") from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise ForbiddenError("Your grants do not cover this.") from error
    except (PoolTimeout, psycopg.OperationalError) as error:
        raise UnavailableError("The database does not answer.") from error


def lookup(query: bytes, **parameters: Any) -> dict[str, Any] | None:
    """The first row of one query across workspaces, in one round trip: for the busiest paths.

    Prepared at its first use: to plan such a query takes longer than to run it.
    """
    with _connection() as connection:
        return connection.execute(query, parameters, prepare=True).fetchone()


@contextmanager
def system() -> Iterator[Session]:
    """A transaction across workspaces: for sign-in, webhook look-up and queue consumers."""
    with _connection() as connection, connection.transaction():
        yield Session(connection)


@contextmanager
def tenant(workspace_id: str) -> Iterator[Session]:
    """A transaction that sees one workspace only."""
    with _connection() as connection, connection.transaction():
        connection.execute(_ENTER, (workspace_id, _scopes.get()))
        session = Session(connection)
        yield session
        witness = _witness.get()
        if witness is not None and session.changed and not session.noted:
            witness(session)


@contextmanager
def witnessed(note: Callable[[Session], None]) -> Iterator[None]:
    """Within, ``note`` is called in each tenant's transaction that has changed something and did
    not note it itself, before it commits."""
    token = _witness.set(note)
    try:
        yield
    finally:
        _witness.reset(token)


@contextmanager
def widened() -> Iterator[None]:
    """Within, grants on parts of the workspace narrow nothing: for what they have been checked for
    already, such as the figures of a report that is granted."""
    token = _scopes.set("")
    try:
        yield
    finally:
        _scopes.reset(token)


@contextmanager
def narrowed(scopes: Iterable[str]) -> Iterator[None]:
    """Within, a tenant's transactions see only what lies in these folders, workflows, …"""
    token = _scopes.set(f"{{{','.join(scopes)}}}")
    try:
        yield
    finally:
        _scopes.reset(token)
