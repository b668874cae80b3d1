"""The journal in PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

import orjson
from psycopg import errors as pg
from psycopg_pool import ConnectionPool

from asl import codec
from asl.adapters.group_commit import GroupCommitter
from asl.errors import ConflictError, StateError
from asl.execution import Execution, Parent, Status, in_flight, next_due
from asl.payload import Payload
from asl.ports import Announcement, Commit, ExecutionExistsError, Machines, Query
from asl.turn import Entry

KEY_BLOCK = 1000
GROUP = 400
EXECUTION_COLUMNS = 18
_STATUSES = (
    Status.RUNNING,
    Status.SUCCEEDED,
    Status.FAILED,
    Status.TIMED_OUT,
    Status.ABORTED,
)
"""Their positions are the numbers that rows hold; the order never changes."""
_STATUS = {status: number for number, status in enumerate(_STATUSES)}
_INSERT = """
    WITH started AS (
        INSERT INTO asl.executions (key, machine, name, revision, version, alias, status, seq, turn,
            started_at, stopped_at, secret, due, wake_at, in_flight, parent, trace_header, root)
        SELECT * FROM unnest(%b::int8[], %b::int4[], %b::text[], %b::int4[], %b::int4[],
            %b::text[], %b::int2[], %b::int4[], %b::int4[], %b::int8[], %b::int8[], %b::text[],
            %b::int8[], %b::int8[], %b::bool[], %b::text[], %b::text[], %b::bytea[])
    ), written AS (
        INSERT INTO asl.journal SELECT * FROM unnest(%b::int8[], %b::int4[], %b::bytea[])
    )
    INSERT INTO asl.outbox (execution, began) SELECT * FROM unnest(%b::int8[], %b::bool[])
    RETURNING id
"""
_UPDATE = """
    UPDATE asl.executions e
    SET status = n.status, seq = n.seq, turn = e.turn + 1, stopped_at = n.stopped_at,
        wake_at = n.wake_at,
        in_flight = n.in_flight, root = n.root
    FROM unnest(%b::int8[], %b::int4[], %b::int2[], %b::int4[], %b::int8[], %b::int8[],
                %b::bool[], %b::bytea[])
         AS n (key, expected, status, seq, stopped_at, wake_at, in_flight, root)
    WHERE e.key = n.key AND e.turn = n.expected
    RETURNING e.key
"""
_NAMES = """
    SELECT m.arn, e.name FROM asl.executions e JOIN asl.machines m ON m.id = e.machine
"""
_SELECT = """
    SELECT e.key, m.arn, e.name, e.revision, e.version, e.alias, e.status, e.seq, e.turn,
           e.started_at, e.stopped_at, e.secret, e.due, e.parent, e.trace_header, e.root,
           (SELECT entries FROM asl.journal WHERE execution = e.key ORDER BY seq LIMIT 1),
           CASE WHEN e.status <> 0 THEN
           (SELECT entries FROM asl.journal WHERE execution = e.key ORDER BY seq DESC LIMIT 1) END
    FROM asl.executions e JOIN asl.machines m ON m.id = e.machine
"""


def create_schema(pool: ConnectionPool[Any]) -> None:
    """Creates the engine's tables where they are missing."""
    script = Path(__file__).with_name("schema.sql").read_text()
    with pool.connection() as connection:
        connection.execute(script.encode())


class PostgresJournal:
    """A :class:`asl.ports.Journal`. One writer thread commits for all."""

    def __init__(self, pool: ConnectionPool[Any], machines: Machines):
        self._pool = pool
        self._machines = machines
        self._lock = threading.Lock()
        self._next_key = self._last_key = 0
        self._writer: GroupCommitter[Commit, Announcement | None] = GroupCommitter(
            self._write, GROUP, "asl-journal"
        )

    def close(self) -> None:
        """Writes what is pending."""
        self._writer.close()

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

    # -- writing, in the writer's thread ------------------------------------------------------

    def _write(self, group: Sequence[Commit]) -> list[Announcement | Exception | None]:
        failed: dict[int, Exception] = {}
        while True:
            accepted = [c for i, c in enumerate(group) if i not in failed]
            try:
                announced = self._write_accepted(accepted)
            except pg.UniqueViolation:
                taken = self._taken(group)
                if not taken - failed.keys():
                    raise
                failed |= {i: ExecutionExistsError(group[i].execution.arn) for i in taken}
            except _StaleError as stale:
                failed |= {
                    i: ConflictError(c.execution.arn)
                    for i, c in enumerate(group)
                    if c.execution.key in stale.keys and not c.is_new
                }
            else:
                return [failed.get(i) or announced.get(id(c)) for i, c in enumerate(group)]

    def _write_accepted(self, group: list[Commit]) -> dict[int, Announcement | None]:
        """One statement where all are new, so one round trip; two in a transaction otherwise."""
        moved = [commit for commit in group if not commit.is_new]
        with self._pool.connection() as connection:
            if not moved:
                return self._insert(connection, group)
            with connection.transaction():
                self._update(connection, moved)
                return self._insert(connection, group)

    def _insert(self, connection: Any, group: list[Commit]) -> dict[int, Announcement | None]:
        announced = [commit for commit in group if commit.announces]
        told = [commit for commit in group if commit.entries]
        rows = [self._row(commit.execution) for commit in group if commit.is_new]
        columns = [list(column) for column in zip(*rows, strict=True)] or [[]] * EXECUTION_COLUMNS
        cursor = connection.execute(
            _INSERT,
            (
                *columns,
                [commit.execution.key for commit in told],
                [commit.execution.seq for commit in told],
                [codec.dump_entries(commit.entries) for commit in told],
                [commit.execution.key for commit in announced],
                [commit.is_new for commit in announced],
            ),
        )
        return {
            id(commit): Announcement(number, commit.execution, commit.is_new)
            for commit, (number,) in zip(announced, cursor.fetchall(), strict=True)
        }

    def _row(self, execution: Execution) -> tuple[Any, ...]:
        parent = execution.parent
        return (
            execution.key,
            self._machines.revision(execution.revision).id,
            execution.name,
            execution.revision,
            execution.version,
            execution.alias,
            _STATUS[execution.status],
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
            codec.dump_root(execution),
        )

    def _update(self, connection: Any, moved: list[Commit]) -> None:
        executions = [commit.execution for commit in moved]
        cursor = connection.execute(
            _UPDATE,
            (
                [execution.key for execution in executions],
                [commit.expected_turn for commit in moved],
                [_STATUS[execution.status] for execution in executions],
                [execution.seq for execution in executions],
                [execution.stopped_at for execution in executions],
                [_wake_at(execution) for execution in executions],
                [bool(in_flight(execution)) for execution in executions],
                [codec.dump_root(execution) for execution in executions],
            ),
        )
        updated = {row[0] for row in cursor.fetchall()}
        stale = {execution.key for execution in executions} - updated
        if stale:
            raise _StaleError(stale)

    def _taken(self, group: Sequence[Commit]) -> set[int]:
        """Which new executions of the group have names that are taken, in the journal or before."""
        names = [(self._row(c.execution)[1], c.execution.name) for c in group]
        with self._pool.connection() as connection:
            rows = connection.execute(
                """SELECT machine, name FROM asl.executions JOIN
                   unnest(%s::int4[], %s::text[]) AS n (m, x) ON machine = m AND name = x""",
                ([machine for machine, _ in names], [name for _, name in names]),
            ).fetchall()
        seen = set(rows)
        taken = set()
        for index, commit in enumerate(group):
            if commit.is_new:
                if names[index] in seen:
                    taken.add(index)
                seen.add(names[index])
        return taken

    # -- reading ------------------------------------------------------------------------------

    def load(self, arn: str) -> Execution | None:
        """See :class:`asl.ports.Journal`."""
        parts = arn.split(":")
        machine_arn = ":".join([*parts[:5], "stateMachine", parts[6]])
        found = self._executions(
            _SELECT + " WHERE m.arn = %s AND e.name = %s", (machine_arn, parts[7])
        )
        return found[0] if found else None

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

    def newest_entry(self, execution: Execution) -> Entry:
        """See :class:`asl.ports.Journal`."""
        return self.history(execution, execution.seq - 1, 1)[0]

    def select(self, query: Query) -> list[Execution]:
        """See :class:`asl.ports.Journal`."""
        conditions = {
            "e.machine = (SELECT id FROM asl.machines WHERE arn = %s)": query.machine_arn,
            "e.status = %s": None if query.status is None else _STATUS[query.status],
            "e.version = %s": query.version,
            "e.alias = %s": query.alias,
            "e.key < %s": query.before,
        }
        asked = {text: value for text, value in conditions.items() if value is not None}
        where = f" WHERE {' AND '.join(asked)} ORDER BY e.key DESC LIMIT %s"
        return self._executions(_SELECT + where, (*asked.values(), query.limit))

    def due(self, now: int, limit: int) -> list[str]:
        """See :class:`asl.ports.Journal`."""
        return self._arns("e.wake_at <= %s ORDER BY e.wake_at LIMIT %s", (now, limit))

    def next_due(self) -> int | None:
        """See :class:`asl.ports.Journal`."""
        with self._pool.connection() as connection:
            row = connection.execute("SELECT min(wake_at) FROM asl.executions").fetchone()
        return None if row is None else row[0]

    def with_tasks_in_flight(self) -> list[str]:
        """See :class:`asl.ports.Journal`."""
        return self._arns("e.in_flight ORDER BY e.key", ())

    def _arns(self, where: str, parameters: tuple[Any, ...]) -> list[str]:
        query = f"{_NAMES} WHERE {where}"
        with self._pool.connection() as connection:
            rows = connection.execute(query.encode(), parameters).fetchall()
        return [_execution_arn(machine_arn, name) for machine_arn, name in rows]

    def announcements(self, limit: int) -> list[Announcement]:
        """See :class:`asl.ports.Journal`."""
        with self._pool.connection() as connection:
            rows = connection.execute(
                "SELECT id, execution, began FROM asl.outbox ORDER BY id LIMIT %s", (limit,)
            ).fetchall()
        keys = [key for _, key, _ in rows]
        found = {e.key: e for e in self._executions(_SELECT + " WHERE e.key = ANY(%s)", (keys,))}
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
         stopped_at, secret, due, parent, trace_header, root, first, last) = row  # fmt: skip
        end = codec.load_entries(last)[-1][4] if last is not None else {}
        failed = _STATUSES[status] not in {Status.RUNNING, Status.SUCCEEDED}
        return Execution(
            arn=_execution_arn(machine_arn, name),
            machine_arn=machine_arn,
            role_arn=self._machines.revision(revision).role_arn,
            input=Payload(codec.load_entries(first)[0][4]["input"]),
            started_at=started_at,
            secret=secret,
            key=key,
            revision=revision,
            seq=seq,
            turn=turn,
            status=_STATUSES[status],
            root=codec.load_root(root),
            output=Payload(end["output"]) if "output" in end else None,
            failure=StateError(end.get("error"), end.get("cause")) if failed else None,
            stopped_at=stopped_at,
            due=due,
            parent=None if parent is None else _parent(*orjson.loads(parent)),
            version=version,
            alias=alias,
            trace_header=trace_header,
        )


class _StaleError(Exception):
    def __init__(self, keys: set[int]):
        super().__init__(keys)
        self.keys = keys


def _parent(arn: str, path: list[int], number: int, pattern: str) -> Parent:
    return Parent(arn, tuple(path), number, pattern)


def _wake_at(execution: Execution) -> int | None:
    return next_due(execution) if execution.status is Status.RUNNING else None


def _execution_arn(machine_arn: str, name: str) -> str:
    return f"{machine_arn.replace(':stateMachine:', ':execution:', 1)}:{name}"
