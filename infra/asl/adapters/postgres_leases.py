"""Leases: which worker process looks after which executions of a database that several share.

The theory
==========
Each row of ``asl.leases`` is held by one process at a time. An execution's row names the lease
under which it was last written; whoever holds that lease fires the execution's timers, calls its
tasks again after a crash and passes its announcements on. Executions never change hands one by
one: a lease does, with everything under it, so a million waiting executions cost one row.

A holder renews its leases, and keeps a session-level advisory lock for each. A lease is free where
its time has run out (the holder is stuck) or where its lock is no longer held (the holder is gone:
the server ends a dead process's session at once). Whoever takes it raises its ``token``, and every
write checks the token in its own transaction (fencing): a process that was only paused can't write
under a lease that it has lost. It loses nothing by that: a step is settled by the execution's turn
whoever makes it, so it writes again under a lease that it does hold.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

from asl.adapters.postgres_pool import unavailable

LEASE_SECONDS = 10.0
LOCK_CLASS = 0x61736C
"""Sets the engine's advisory locks apart from other programs'."""
_RENEW = """
    UPDATE asl.leases l
    SET expires_at = clock_timestamp() + make_interval(secs => %s), locked = l.id = ANY(%s)
    FROM unnest(%s::int4[], %s::int4[]) AS held (id, token)
    WHERE l.id = held.id AND l.token = held.token RETURNING l.id
"""
_OTHERS = """
    SELECT id, token, expires_at <= clock_timestamp(), locked FROM asl.leases
    WHERE id <> ALL (%s) ORDER BY id
"""
_TAKE = """
    UPDATE asl.leases
    SET token = token + 1, expires_at = clock_timestamp() + make_interval(secs => %s),
        locked = %s
    WHERE id = (SELECT id FROM asl.leases WHERE id = %s AND token = %s FOR UPDATE SKIP LOCKED)
    RETURNING token
"""
# A write under the lease holds its row for the moment; who stopped in a write must not stop others.
_NEW = """
    INSERT INTO asl.leases (id, token, expires_at, locked)
    VALUES (%s, 1, clock_timestamp() + make_interval(secs => %s), true)
"""


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease as its holder knows it."""

    id: int
    token: int


class PostgresLeases:
    """The leases of one process. Thread-safe."""

    def __init__(self, pool: ConnectionPool[Any], seconds: float = LEASE_SECONDS):
        self._pool = pool
        self.seconds = seconds
        self._lock = threading.Lock()
        self._connection: psycopg.Connection[Any] | None = None
        self._locked: set[int] = set()
        self._held: dict[int, int] = {}
        self._taken: list[int] = []
        self._new: set[int] = set()

    @property
    def held(self) -> list[int]:
        """The ids of all leases held."""
        return list(self._held)

    def current(self) -> Lease:
        """The lease to write under; takes one where there is none."""
        for number, token in list(self._held.items()):
            return Lease(number, token)
        self._hold_safely()
        return self.current()

    def check(self, lease: Lease) -> bool:
        """Whether a lease is still held; one that another process has taken is forgotten."""
        with self._pool.connection() as connection:
            found = connection.execute(
                "SELECT 1 FROM asl.leases WHERE id = %s AND token = %s", (lease.id, lease.token)
            ).fetchone()
        if found is None:
            with self._lock:
                if self._held.get(lease.id) == lease.token:
                    del self._held[lease.id]
        return found is not None

    def hold(self) -> Sequence[int]:
        """Renews the leases held, takes those that are free, and one at the least.

        Returns:
            The ids of those taken since the last call.
        """
        self._hold_safely()
        with self._lock:
            taken, self._taken = self._taken, []
        return [number for number in taken if number in self._held]

    def inherited(self, leases: Sequence[int]) -> bool:
        """Whether one of these leases had a holder before this process."""
        return not self._new.issuperset(leases)

    def release(self) -> None:
        """Lets every lease go, for another process to take at once."""
        with self._lock:
            self._held.clear()
            if self._connection is not None:
                # The server ends a session some time after the client: others need not wait.
                with suppress(psycopg.Error):  # the session has gone, and its locks with it
                    self._connection.execute("SELECT pg_advisory_unlock_all()")
            self._disconnect()

    def _hold_safely(self) -> None:
        with self._lock:
            try:
                self._hold()
            except psycopg.Error as error:
                self._disconnect()
                raise unavailable(error) from error

    def _hold(self) -> None:
        connection = self._connected()
        for number in self._held:
            self._try_lock(connection, number)
        renewed = self._renew(connection)
        self._held = {number: self._held[number] for number in renewed}
        for number in self._locked - self._held.keys():
            self._unlock(connection, number)
        others = connection.execute(_OTHERS, (self.held,)).fetchall()
        for number, token, expired, locked in others:
            if expired or (locked and self._try_lock(connection, number)):
                self._take(connection, number, token)
        if not self._held:
            self._add(connection)

    def _renew(self, connection: psycopg.Connection[Any]) -> list[int]:
        held = self._held
        given = (self.seconds, list(self._locked), list(held), list(held.values()))
        return sorted(row[0] for row in connection.execute(_RENEW, given))

    def _take(self, connection: psycopg.Connection[Any], number: int, token: int) -> None:
        locked = self._try_lock(connection, number)
        row = connection.execute(_TAKE, (self.seconds, locked, number, token)).fetchone()
        if row is None:  # somebody was faster, or writes under it just now
            self._unlock(connection, number)
            return
        self._held[number] = row[0]
        self._taken.append(number)
        self._new.discard(number)  # one that was this process's own may have been another's since

    def _add(self, connection: psycopg.Connection[Any]) -> None:
        row = connection.execute("SELECT nextval('asl.lease_id')").fetchone()
        assert row is not None
        self._try_lock(connection, row[0])  # first the lock: nobody may think it free
        connection.execute(_NEW, (row[0], self.seconds))
        self._held[row[0]] = 1
        self._taken.append(row[0])
        self._new.add(row[0])

    def _try_lock(self, connection: psycopg.Connection[Any], number: int) -> bool:
        if number in self._locked:
            return True
        row = connection.execute(
            "SELECT pg_try_advisory_lock(%s, %s)", (LOCK_CLASS, number)
        ).fetchone()
        if row is not None and row[0]:
            self._locked.add(number)
        return number in self._locked

    def _unlock(self, connection: psycopg.Connection[Any], number: int) -> None:
        if number in self._locked:
            connection.execute("SELECT pg_advisory_unlock(%s, %s)", (LOCK_CLASS, number))
            self._locked.discard(number)

    def _connected(self) -> psycopg.Connection[Any]:
        """A connection of its own: the locks live as long as its session."""
        if self._connection is None:
            url = self._pool.conninfo
            self._connection = psycopg.connect(
                url if isinstance(url, str) else url(), autocommit=True
            )
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._locked.clear()
