"""From a connection of the kind ``database`` to a driver."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from statewright import world
from statewright.errors import ConflictError, InvalidError, NotFoundError
from statewright.integrations.credentials import Credentials
from statewright.integrations.databases.driver import Driver, Limits
from statewright.integrations.databases.errors import (
    DatabaseConflictError,
    DatabaseInvalidError,
    DatabaseUnavailableError,
)
from statewright.integrations.errors import ConnectionInvalidError
from statewright.integrations.reach import reach_of


@contextmanager
def opened(connection: Credentials, limits: Limits, *, read_only: bool) -> Iterator[Driver]:
    """A connection to the database, for as long as it is needed.

    Raises:
        DatabaseError: under the name of what went wrong, also while it is used.
    """
    if connection.kind != "database":
        raise ConnectionInvalidError(f"The connection '{connection.name}' is no database.")
    url, reach = str(connection.secrets["url"]), reach_of(connection.workspace_id)
    read_only = read_only or bool(connection.settings["read_only"])
    opening: AbstractContextManager[Driver]
    match connection.settings["engine"]:
        case "postgresql":
            from statewright.integrations.databases import postgresql

            opening = postgresql.opened(url, reach, limits, read_only=read_only)
        case "mysql" | "mariadb":
            from statewright.integrations.databases import mysql

            opening = mysql.opened(url, reach, limits, read_only=read_only)
        case "sqlserver":
            from statewright.integrations.databases import sqlserver

            opening = sqlserver.opened(url, reach, limits, read_only=read_only)
        case "mongodb":
            from statewright.integrations.databases import mongodb

            opening = mongodb.opened(url, reach, limits, read_only=read_only)
        case _:
            opening = _file(connection.workspace_id, url, limits, read_only=read_only)
    with opening as driver:
        yield driver


@contextmanager
def _file(workspace_id: str, url: str, limits: Limits, *, read_only: bool) -> Iterator[Driver]:
    """SQLite: ``file:<name>`` of a file in the workspace's store."""
    from statewright.integrations.databases import sqlite
    from statewright.integrations.files import store

    scheme, _, name = url.partition(":")
    if scheme != "file":
        raise DatabaseInvalidError("the connection's URL has to be file:<name of a stored file>")
    try:
        with store.local_copy(workspace_id, name, sqlite.MAX_SIZE) as (file, etag):
            before = file.read_bytes()
            clock = lambda: world.now().timestamp()  # noqa: E731
            with sqlite.opened_file(file, limits, clock, read_only=read_only) as driver:
                yield driver
            if not read_only and file.read_bytes() != before:
                with file.open("rb") as content:
                    store.put(workspace_id, name, content, "application/vnd.sqlite3", etag)
    except (NotFoundError, InvalidError) as error:
        raise DatabaseUnavailableError(str(error)) from None
    except ConflictError as error:
        raise DatabaseConflictError(str(error)) from None
