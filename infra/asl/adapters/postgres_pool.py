"""Connections to PostgreSQL that survive its restarts: callers hear soon, and later find it."""

from __future__ import annotations

import logging
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.errors import IdleInTransactionSessionTimeout
from psycopg_pool import ConnectionPool, PoolTimeout

from asl.errors import UnavailableError

# Each failed attempt would be a line, several times a second; who waits is told in the end.
logging.getLogger("psycopg.pool").setLevel(logging.ERROR)

PATIENCE_SECONDS = 5.0
"""How long a caller waits for a connection before it hears that there is none."""
IDLE_SECONDS = 10.0
RETRY_SECONDS = 0.25
"""How long a caller waits before it has the pool try again to connect."""


class PostgresPool(ConnectionPool[Any]):
    """A pool whose users see one error where the database cannot be used.

    By itself the pool would try again after ever longer pauses, and callers would wait for that
    even though the database is back. So it gives up at once, and whoever waits has it try again.
    """

    def getconn(self, timeout: float | None = None) -> psycopg.Connection[Any]:
        """A connection, to be given back.

        Raises:
            PoolTimeout: there was none for so long.
        """
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        while True:
            left = deadline - time.monotonic()
            try:
                found: psycopg.Connection[Any] = super().getconn(min(left, RETRY_SECONDS))
                return found
            except PoolTimeout:
                if left <= RETRY_SECONDS:
                    raise

    @contextmanager
    def connection(self, timeout: float | None = None) -> Iterator[psycopg.Connection[Any]]:
        """A connection for a while.

        Raises:
            UnavailableError: there is none, or it was lost: what was being done may have happened.
        """
        try:
            with super().connection(timeout) as connection:
                yield connection
        except (psycopg.OperationalError, IdleInTransactionSessionTimeout) as error:
            raise unavailable(error) from error


def unavailable(error: psycopg.Error) -> UnavailableError:
    """What callers are told where the database cannot be used."""
    reason = str(error).strip().partition("\n")[0]
    return UnavailableError(f"The database cannot be used: {reason}")


@contextmanager
def brief_transaction(connection: Any, idle_seconds: float = IDLE_SECONDS) -> Iterator[None]:
    """A transaction of several statements, undone where nothing happens in it for so long.

    A process that has been stopped in the middle of one must not hold its locks for ever.
    """
    milliseconds = int(idle_seconds * 1000)
    with connection.transaction():
        connection.execute(f"SET LOCAL idle_in_transaction_session_timeout = {milliseconds}")
        yield


def open_pool(url: str, size: int) -> PostgresPool:
    """A connection pool. Its connections may not be there yet."""
    return PostgresPool(
        url,
        min_size=2,
        max_size=size,
        kwargs={"autocommit": True},
        timeout=PATIENCE_SECONDS,
        reconnect_timeout=0,
        check=_check,
        open=True,
    )


def _check(connection: psycopg.Connection[Any]) -> None:
    """Finds out whether the server has gone, without asking it: an idle connection is silent."""
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        connection.execute("")
