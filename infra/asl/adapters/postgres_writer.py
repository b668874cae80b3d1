"""Writes the commits of many executions in one statement: one round trip, one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

import orjson
from psycopg import errors as pg
from psycopg_pool import ConnectionPool

from asl import codec
from asl.adapters.map_run_rows import apply_to_runs
from asl.adapters.postgres_leases import Lease, PostgresLeases
from asl.adapters.postgres_pool import brief_transaction
from asl.errors import ConflictError
from asl.execution import Execution, Status, in_flight, next_due
from asl.ports import Announcement, Commit, ExecutionExistsError
from asl.registry import Machines

STATUSES = (
    Status.RUNNING,
    Status.SUCCEEDED,
    Status.FAILED,
    Status.TIMED_OUT,
    Status.ABORTED,
)
"""Their positions are the numbers that rows hold; the order never changes."""
STATUS_NUMBERS = {status: number for number, status in enumerate(STATUSES)}
Written = dict[int, Announcement | None]
"""What was written, by the position in the group."""

_COLUMNS = {
    "number": "int4",
    "expected": "int4",
    "announces": "bool",
    "begins": "bool",
    "entries": "bytea",
    "key": "int8",
    "machine": "int4",
    "name": "text",
    "revision": "int4",
    "version": "int4",
    "alias": "text",
    "status": "int2",
    "seq": "int4",
    "turn": "int4",
    "started_at": "int8",
    "stopped_at": "int8",
    "secret": "text",
    "due": "int8",
    "wake_at": "int8",
    "in_flight": "bool",
    "parent": "text",
    "trace_header": "text",
    "redrives": "text",
    "root": "bytea",
    "map_run": "int8",
    "item": "int8",
    "items": "int4",
}
_COMMIT = {"number", "expected", "announces", "begins", "entries"}
"""What a row says of the commit; the rest is the execution's."""
_STORED = [name for name in _COLUMNS if name not in _COMMIT]
# Rows of a lost lease join with no fence: nothing is written, and nothing comes back.
_WRITE_ANY = f"""
    WITH fence AS MATERIALIZED (
        SELECT id AS lease FROM asl.leases WHERE id = %b AND token = %b FOR SHARE
    ), given AS MATERIALIZED (
        SELECT * FROM unnest({", ".join(f"%b::{kind}[]" for kind in _COLUMNS.values())})
        AS n ({", ".join(_COLUMNS)}) CROSS JOIN fence
    ), started AS (
        INSERT INTO asl.executions ({", ".join(_STORED)}, lease)
        SELECT {", ".join(_STORED)}, lease FROM given WHERE expected = 0
        RETURNING key
    ), moved AS (
        UPDATE asl.executions e
        SET status = n.status, seq = n.seq, turn = n.turn, stopped_at = n.stopped_at,
            due = n.due, wake_at = n.wake_at, in_flight = n.in_flight, redrives = n.redrives,
            root = n.root, lease = n.lease
        FROM given n WHERE n.expected > 0 AND e.key = n.key AND e.turn = n.expected
        RETURNING e.key
    ), done AS (
        SELECT key FROM started UNION ALL SELECT key FROM moved
    ), written AS (
        INSERT INTO asl.journal
        SELECT key, seq, entries FROM given JOIN done USING (key) WHERE entries IS NOT NULL
    ), told AS (
        INSERT INTO asl.outbox (execution, began, lease)
        SELECT key, begins, lease FROM given JOIN done USING (key) WHERE announces
        RETURNING id, execution
    ){{counted}}
    SELECT given.number, told.id FROM given JOIN done USING (key)
    LEFT JOIN told ON told.execution = key
"""  # noqa: S608 - nothing but the names above


_COUNTED = """, counted AS (
        UPDATE asl.map_runs r
        SET succeeded = r.succeeded + n.succeeded, items_succeeded = r.items_succeeded + n.items_1,
            failed = r.failed + n.failed, items_failed = r.items_failed + n.items_2,
            timed_out = r.timed_out + n.timed_out, items_timed_out = r.items_timed_out + n.items_3,
            aborted = r.aborted + n.aborted, items_aborted = r.items_aborted + n.items_4
        FROM (
            SELECT map_run,
                count(*) FILTER (WHERE status = 1) AS succeeded,
                count(*) FILTER (WHERE status = 2) AS failed,
                count(*) FILTER (WHERE status = 3) AS timed_out,
                count(*) FILTER (WHERE status = 4) AS aborted,
                coalesce(sum(items) FILTER (WHERE status = 1), 0) AS items_1,
                coalesce(sum(items) FILTER (WHERE status = 2), 0) AS items_2,
                coalesce(sum(items) FILTER (WHERE status = 3), 0) AS items_3,
                coalesce(sum(items) FILTER (WHERE status = 4), 0) AS items_4
            FROM given JOIN done USING (key) WHERE map_run IS NOT NULL AND status <> 0
            GROUP BY map_run
        ) n WHERE r.key = n.map_run
    )"""
_WRITE = _WRITE_ANY.format(counted="").encode()
_WRITE_AND_COUNT = _WRITE_ANY.format(counted=_COUNTED).encode()
"""Counts the children of Map runs that end, with their ends."""


class PostgresWriter:
    """Makes groups of commits durable, under the process's lease."""

    def __init__(self, pool: ConnectionPool[Any], machines: Machines, leases: PostgresLeases):
        self._pool = pool
        self._machines = machines
        self._leases = leases

    def write(self, group: Sequence[Commit]) -> list[Announcement | Exception | None]:
        """Writes a group; for each commit its announcement, or what made it impossible."""
        first = _first_of_each(group)
        taken: set[int] = set()
        while True:
            wanted = {i: commit for i, commit in first.items() if i not in taken}
            try:
                written = self._write_held(wanted) if wanted else {}
            except pg.UniqueViolation:
                found = self._taken(wanted)
                if not found:
                    raise
                taken |= found
            else:
                return [
                    ExecutionExistsError(commit.execution.arn)
                    if i in taken
                    else written.get(i, ConflictError(commit.execution.arn))
                    for i, commit in enumerate(group)
                ]

    def _write_held(self, group: dict[int, Commit]) -> Written:
        """Writes under a lease that is held; nothing written may mean that it was lost."""
        while True:
            lease = self._leases.current()
            written = self._write_under(group, lease)
            if written or self._leases.check(lease):
                return written

    def _write_under(self, group: dict[int, Commit], lease: Lease) -> Written:
        with self._pool.connection() as connection:
            if not any(commit.map_runs for commit in group.values()):
                return self._execute(connection, group, lease)
            with brief_transaction(connection):
                written = self._execute(connection, group, lease)
                apply_to_runs(connection, [group[number] for number in written], lease.id)
                return written

    def add(self, connection: Any, commits: Sequence[Commit], lease: Lease) -> bool:
        """Stores new executions in an open transaction.

        Returns:
            False where the lease is lost; the transaction must then be rolled back.

        Raises:
            psycopg.errors.UniqueViolation: one of them is there already.
        """
        written = self._execute(connection, dict(enumerate(commits)), lease)
        apply_to_runs(connection, commits, lease.id)
        return len(written) == len(commits)

    def _execute(self, connection: Any, group: dict[int, Commit], lease: Lease) -> Written:
        rows = [self._row(number, commit) for number, commit in group.items()]
        columns = [list(column) for column in zip(*rows, strict=True)]
        counts = any(commit.execution.map_child is not None for commit in group.values())
        statement = _WRITE_AND_COUNT if counts else _WRITE
        answer = connection.execute(statement, (lease.id, lease.token, *columns))
        return {
            number: None
            if told is None
            else Announcement(told, group[number].execution, group[number].begins)
            for number, told in answer.fetchall()
        }

    def _row(self, number: int, commit: Commit) -> tuple[Any, ...]:
        """A commit as a row of the columns above."""
        execution = commit.execution
        parent, child = execution.parent, execution.map_child
        return (
            number,
            commit.expected_turn,
            commit.announces,
            commit.begins,
            codec.dump_entries(commit.entries) if commit.entries else None,
            execution.key,
            self._machines.revision(execution.revision).id,
            execution.name,
            execution.revision,
            execution.version,
            execution.alias,
            STATUS_NUMBERS[execution.status],
            execution.seq,
            execution.turn,
            execution.started_at,
            execution.stopped_at,
            execution.secret,
            execution.due,
            _wake_at(execution),
            bool(in_flight(execution)),
            None if parent is None else orjson.dumps(astuple(parent)).decode(),
            execution.trace_header,
            codec.dump_redrives(execution.redrives),
            codec.dump_root(execution),
            *((None, None, None) if child is None else (child.key, child.index, child.items)),
        )

    def _taken(self, group: dict[int, Commit]) -> set[int]:
        """Which new executions of the group have names that are taken, in the journal or before."""
        names = {
            i: (self._machines.revision(commit.execution.revision).id, commit.execution.name)
            for i, commit in group.items()
            if commit.is_new
        }
        with self._pool.connection() as connection:
            rows = connection.execute(
                """SELECT machine, name FROM asl.executions JOIN
                   unnest(%s::int4[], %s::text[]) AS n (m, x) ON machine = m AND name = x""",
                ([machine for machine, _ in names.values()], [name for _, name in names.values()]),
            ).fetchall()
        seen = set(rows)
        taken = set()
        for i, name in names.items():
            if name in seen:
                taken.add(i)
            seen.add(name)
        return taken


def _first_of_each(group: Sequence[Commit]) -> dict[int, Commit]:
    """A group without second steps of one execution: they were decided from the same turn."""
    first: dict[int, int] = {}
    for number, commit in enumerate(group):
        first.setdefault(commit.execution.key, number)
    return {number: group[number] for number in first.values()}


def _wake_at(execution: Execution) -> int | None:
    return next_due(execution) if execution.status is Status.RUNNING else None
