"""The journal in PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import orjson
from psycopg_pool import ConnectionPool

from asl import codec
from asl.adapters.group_commit import GroupCommitter
from asl.adapters.map_run_rows import addressed, map_child
from asl.adapters.postgres_leases import LEASE_SECONDS, PostgresLeases
from asl.adapters.postgres_map_runs import PostgresMapRuns
from asl.adapters.postgres_writer import STATUS_NUMBERS, STATUSES, PostgresWriter
from asl.errors import StateError
from asl.execution import Execution, Parent, Status
from asl.map_runs.ports import MapRunStore
from asl.payload import Payload
from asl.ports import Announcement, Commit, Query
from asl.registry import Machines
from asl.turn import Entry

KEY_BLOCK = 1000
GROUP = 400
DUE_BYTES = 16 * 1024 * 1024
"""How large the frames may be that are read at once for their timers."""
_NAMES = """
    SELECT m.arn, e.name, e.map_run, r.arn, r.state, r.express, e.item, e.items
    FROM asl.executions e JOIN asl.machines m ON m.id = e.machine
    LEFT JOIN asl.map_runs r ON r.key = e.map_run
"""
_COLUMNS = """
    SELECT e.key, m.arn, e.name, e.revision, e.version, e.alias, e.status, e.seq, e.turn,
           e.started_at, e.stopped_at, e.secret, e.due, e.parent, e.trace_header,
           e.redrives, {root}, e.map_run, r.arn, r.state, r.express, e.item, e.items,
           (SELECT entries FROM asl.journal WHERE execution = e.key ORDER BY seq LIMIT 1),
           CASE WHEN e.status <> 0 THEN
           (SELECT entries FROM asl.journal WHERE execution = e.key ORDER BY seq DESC LIMIT 1) END
    FROM asl.executions e JOIN asl.machines m ON m.id = e.machine
    LEFT JOIN asl.map_runs r ON r.key = e.map_run
"""
_SELECT = _COLUMNS.format(root="e.root")
_LISTED = _COLUMNS.format(root="CASE WHEN e.status = 0 THEN e.root END")
"""Without what those have left that ended without success: a list need not read it."""
_DUE = f"""{_SELECT} JOIN (
        SELECT key, wake_at FROM (
            SELECT d.key, d.wake_at, sum(d.size) OVER (ORDER BY d.wake_at, d.key) - d.size AS before
            FROM unnest(%s::int4[]) AS l (id) CROSS JOIN LATERAL (
                SELECT key, wake_at, octet_length(root) AS size FROM asl.executions
                WHERE lease = l.id AND wake_at <= %s ORDER BY wake_at LIMIT %s) d
            ORDER BY d.wake_at, d.key LIMIT %s
        ) d WHERE before < %s
    ) d ON d.key = e.key ORDER BY d.wake_at, d.key"""  # noqa: S608 - nothing but the names above
"""Those whose time has come, the earliest first, as many as fit into a number of bytes."""


def create_schema(pool: ConnectionPool[Any]) -> None:
    """Creates the engine's tables where they are missing."""
    script = Path(__file__).with_name("schema.sql").read_text()
    with pool.connection() as connection:
        connection.execute(script.encode())


class PostgresJournal:
    """A :class:`asl.ports.Journal`. One writer thread commits for all.

    Args:
        lease_seconds: how long a process that is stuck keeps its executions from the others.
    """

    def __init__(
        self,
        pool: ConnectionPool[Any],
        machines: Machines,
        *,
        lease_seconds: float = LEASE_SECONDS,
    ):
        self._pool = pool
        self._machines = machines
        self._lock = threading.Lock()
        self._next_key = self._last_key = 0
        self._leases = PostgresLeases(pool, lease_seconds)
        writer = PostgresWriter(pool, machines, self._leases)
        self._writer: GroupCommitter[Commit, Announcement | None] = GroupCommitter(
            writer.write, GROUP, "asl-journal"
        )
        self.map_runs: MapRunStore = PostgresMapRuns(
            pool,
            writer,
            self._leases,
            lambda condition, values, whole: self._executions(
                (_SELECT if whole else _LISTED) + condition, values
            ),
        )

    def close(self) -> None:
        """Writes what is pending and lets its executions go."""
        self._writer.close()
        self._leases.release()

    @property
    def lease_seconds(self) -> float:
        """See :class:`asl.ports.Journal`."""
        return self._leases.seconds

    def hold(self) -> Sequence[int]:
        """See :class:`asl.ports.Journal`."""
        return self._leases.hold()

    def new_key(self) -> int:
        """See :class:`asl.ports.Journal`."""
        with self._lock:
            if self._next_key >= self._last_key:
                with self._pool.connection() as connection:
                    row = connection.execute("SELECT nextval('asl.execution_key')").fetchone()
                assert row is not None
                self._next_key, self._last_key = row[0], row[0] + KEY_BLOCK
            self._next_key += 1
            return self._next_key

    def append(self, prepare: Callable[[], Commit]) -> Announcement | None:
        """See :class:`asl.ports.Journal`."""
        return self._writer.submit(prepare)

    def append_all(self, commits: Iterable[Commit]) -> list[Announcement | Exception | None]:
        """See :class:`asl.ports.Journal`."""
        return self._writer.submit_all(commits)

    # -- reading ------------------------------------------------------------------------------

    def load(self, arn: str) -> Execution | None:
        """See :class:`asl.ports.Journal`."""
        parts = arn.split(":")
        machine_arn = ":".join([*parts[:5], "stateMachine", parts[6].partition("/")[0]])
        found = self._executions(
            _SELECT + " WHERE m.arn = %s AND e.name = %s", (machine_arn, parts[7])
        )
        return found[0] if found and found[0].arn == arn else None

    def history(self, execution: Execution, after: int, limit: int) -> list[Entry]:
        """See :class:`asl.ports.Journal`."""
        entries: list[Entry] = []
        with self._pool.connection() as connection:
            rows = connection.execute(
                """SELECT entries FROM asl.journal WHERE execution = %s AND seq > %s
                   ORDER BY seq LIMIT %s""",
                (execution.key, after, limit),
            )
            for (text,) in rows:
                entries += [entry for entry in codec.load_entries(text) if entry[0] > after]
                if len(entries) >= limit:
                    break
        return entries[:limit]

    def select(self, query: Query) -> list[Execution]:
        """See :class:`asl.ports.Journal`."""
        if query.map_run is not None:
            return self._children(query, query.map_run)
        conditions = {
            "e.map_run IS NULL AND e.machine = (SELECT id FROM asl.machines WHERE arn = %s)": (
                query.machine_arn
            ),
            "e.status = %s": None if query.status is None else STATUS_NUMBERS[query.status],
            "e.version = %s": query.version,
            "e.alias = %s": query.alias,
            "e.key < %s": query.before,
        }
        asked = {text: value for text, value in conditions.items() if value is not None}
        where = f" WHERE {' AND '.join(asked)} ORDER BY e.key DESC LIMIT %s"
        return self._executions(_LISTED + where, (*asked.values(), query.limit))

    def _children(self, query: Query, run: str) -> list[Execution]:
        """A Map run's children, the last item's first; ``before`` is an item's index."""
        conditions = {
            "e.map_run = (SELECT key FROM asl.map_runs WHERE arn = %s)": run,
            "e.status = %s": None if query.status is None else STATUS_NUMBERS[query.status],
            "e.item < %s": query.before,
        }
        asked = {text: value for text, value in conditions.items() if value is not None}
        where = f" WHERE {' AND '.join(asked)} ORDER BY e.item DESC LIMIT %s"
        return self._executions(_LISTED + where, (*asked.values(), query.limit))

    def due(self, now: int, limit: int) -> list[Execution]:
        """See :class:`asl.ports.Journal`."""
        leases = self._leases.held
        return self._executions(_DUE, (leases, now, limit, limit, DUE_BYTES))

    def next_due(self) -> int | None:
        """See :class:`asl.ports.Journal`."""
        with self._pool.connection() as connection:
            row = connection.execute(
                """SELECT min(n.due) FROM unnest(%s::int4[]) AS l (id) CROSS JOIN LATERAL (
                       SELECT min(wake_at) AS due FROM asl.executions WHERE lease = l.id) n""",
                (self._leases.held,),
            ).fetchone()
        return None if row is None else row[0]

    def with_tasks_in_flight(self, taken: Sequence[int] | None = None) -> list[str]:
        """See :class:`asl.ports.Journal`."""
        if taken is None:
            which = "WHERE e.in_flight AND e.lease = ANY(%s) ORDER BY e.key"
            return self._arns(which, (self._leases.held,))
        if not self._leases.inherited(taken):
            return []
        return self._arns("WHERE e.in_flight ORDER BY e.key", ())

    def _of(self, leases: Sequence[int] | None) -> list[int]:
        return self._leases.held if leases is None else list(leases)

    def _arns(self, which: str, parameters: tuple[Any, ...]) -> list[str]:
        with self._pool.connection() as connection:
            rows = connection.execute((_NAMES + which).encode(), parameters).fetchall()
        return [addressed(arn, name, map_child(*of_run))[1] for arn, name, *of_run in rows]

    def announcements(self, limit: int, leases: Sequence[int] | None = None) -> list[Announcement]:
        """See :class:`asl.ports.Journal`."""
        with self._pool.connection() as connection:
            rows = connection.execute(
                """SELECT id, execution, began FROM asl.outbox WHERE lease = ANY(%s)
                   ORDER BY id LIMIT %s""",
                (self._of(leases), limit),
            ).fetchall()
        keys = [key for _, key, _ in rows]
        found = {e.key: e for e in self._executions(_LISTED + " WHERE e.key = ANY(%s)", (keys,))}
        return [Announcement(number, found[key], began) for number, key, began in rows]

    def clear(self, announcements: Sequence[Announcement]) -> None:
        """See :class:`asl.ports.Journal`."""
        ids = [announcement.id for announcement in announcements]
        with self._pool.connection() as connection, connection.transaction():
            # Lost in a crash, this only announces again; so nobody waits for the disk.
            connection.execute("SET LOCAL synchronous_commit = off")
            connection.execute("DELETE FROM asl.outbox WHERE id = ANY(%s)", (ids,))

    def _executions(self, query: str, parameters: tuple[Any, ...]) -> list[Execution]:
        with self._pool.connection() as connection:
            rows = connection.execute(query.encode(), parameters).fetchall()
        return [self._execution(row) for row in rows]

    def _execution(self, row: tuple[Any, ...]) -> Execution:
        (key, machine_arn, name, revision, version, alias, status, seq, turn, started_at,
         stopped_at, secret, due, parent, trace_header, redrives, root, *of_run,
         first, last) = row  # fmt: skip
        child = map_child(*of_run)
        machine_arn, arn = addressed(machine_arn, name, child)
        frame, running = codec.load_root(root), STATUSES[status] is Status.RUNNING
        end = codec.load_entries(last)[-1][4] if last is not None else {}
        failed = STATUSES[status] not in {Status.RUNNING, Status.SUCCEEDED}
        return Execution(
            arn=arn,
            machine_arn=machine_arn,
            role_arn=self._machines.revision(revision).role_arn,
            input=Payload(codec.load_entries(first)[0][4]["input"]),
            started_at=started_at,
            secret=secret,
            key=key,
            revision=revision,
            seq=seq,
            turn=turn,
            status=STATUSES[status],
            root=frame if running else None,
            unfinished=None if running else frame,
            output=Payload(end["output"]) if "output" in end else None,
            failure=StateError(end.get("error"), end.get("cause")) if failed else None,
            stopped_at=stopped_at,
            due=due,
            parent=None if parent is None else _parent(*orjson.loads(parent)),
            version=version,
            alias=alias,
            trace_header=trace_header,
            redrives=codec.load_redrives(redrives),
            map_child=child,
        )


def _parent(arn: str, path: list[int], number: int, pattern: str) -> Parent:
    return Parent(arn, tuple(path), number, pattern)
