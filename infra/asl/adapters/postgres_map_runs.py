"""Map runs in PostgreSQL, in the transactions of the journal."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import astuple, replace
from typing import Any

import orjson
from psycopg import errors as pg
from psycopg_pool import ConnectionPool

from asl.adapters.map_run_rows import SQL, STATUSES, changing, redrives
from asl.adapters.postgres_leases import PostgresLeases
from asl.adapters.postgres_pool import brief_transaction
from asl.adapters.postgres_writer import STATUS_NUMBERS, PostgresWriter
from asl.errors import ConflictError, StateError
from asl.execution import Execution, Status
from asl.map_runs.model import Counts, Inputs, MapRun, RunRedrives, Settings
from asl.ports import Commit

KEPT = 256
"""Of how many runs the unchanging part is kept in memory: it may hold all the items."""
Find = Callable[[str, tuple[Any, ...], bool], list[Execution]]


class PostgresMapRuns:
    """A :class:`asl.map_runs.ports.MapRunStore`.

    A run's row names the lease of the process that decided last, as an execution's does.

    Args:
        find: executions by a condition, with what they left unfinished where that is asked for.
    """

    def __init__(
        self,
        pool: ConnectionPool[Any],
        writer: PostgresWriter,
        leases: PostgresLeases,
        find: Find,
    ):
        self._pool = pool
        self._writer = writer
        self._leases = leases
        self._find = find
        self._about: OrderedDict[str, MapRun] = OrderedDict()

    def advance(self, before: MapRun, after: MapRun, children: Sequence[Commit] = ()) -> None:
        """See :class:`asl.map_runs.ports.MapRunStore`.

        The run's row comes last: as a rule it stays locked for the commit only, not while children
        are written, so that the ends of others are not held up.
        """
        lease = self._leases.current()
        try:
            with self._pool.connection() as connection, brief_transaction(connection):
                if children and not self._writer.add(connection, children, lease):
                    raise ConflictError(before.arn)
                counted = after.executions - before.executions, after.items - before.items
                values = (
                    after.stopped_at,
                    *changing(after),
                    *astuple(counted[0]),
                    *astuple(counted[1]),
                    before.key,
                    before.turn,
                )
                row = connection.execute(
                    SQL["advance"], (lease.id, lease.token, *values)
                ).fetchone()
                if row is None:
                    raise ConflictError(before.arn)
        except pg.UniqueViolation:  # another driver has started the same children
            raise ConflictError(before.arn) from None
        except ConflictError:
            self._leases.check(lease)
            raise

    def load(self, arn: str) -> MapRun | None:
        """See :class:`asl.map_runs.ports.MapRunStore`."""
        with self._pool.connection() as connection:
            row = connection.execute(SQL["load"], (arn,)).fetchone()
        return None if row is None else self._run(self._unchanging(arn), row)

    def _run(self, about: MapRun, row: tuple[Any, ...]) -> MapRun:
        (key, turn, started_at, stopped_at, status, concurrency, count, percentage, read, position,
         exhausted, started, left, failure, stopping, told, written, *counts,
         again) = row  # fmt: skip
        return replace(
            about,
            key=key,
            turn=turn,
            started_at=started_at,
            stopped_at=stopped_at,
            status=STATUSES[status],
            settings=Settings(concurrency, count, percentage),
            read=read,
            position=position,
            exhausted=exhausted,
            started=started,
            left=left,
            failure=None if failure is None else StateError(*failure),
            stopping=stopping,
            told=told,
            written=written,
            executions=Counts(*counts[:4]),
            items=Counts(*counts[4:]),
            redrives=RunRedrives() if again is None else redrives(again),
        )

    def _unchanging(self, arn: str) -> MapRun:
        known = self._about.get(arn)
        if known is not None:
            return known
        with self._pool.connection() as connection:
            row = connection.execute(SQL["about"], (arn,)).fetchone()
        assert row is not None
        state, express, text, revision = row
        about = orjson.loads(text)
        self._about[arn] = run = MapRun(
            arn=arn,
            parent_arn=about["parent_arn"],
            path=tuple(about["path"]),
            machine_arn=about["machine_arn"],
            role_arn=about["role_arn"],
            revision=revision,
            state=state,
            started_at=0,
            settings=Settings(),
            inputs=Inputs(**about["inputs"]),
            express=express,
        )
        if len(self._about) > KEPT:
            self._about.popitem(last=False)
        return run

    def unfinished(self, leases: Sequence[int]) -> list[str]:
        """See :class:`asl.map_runs.ports.MapRunStore`."""
        with self._pool.connection() as connection:
            return [arn for (arn,) in connection.execute(SQL["unfinished"], (list(leases),))]

    def tell(self, run: MapRun) -> None:
        """See :class:`asl.map_runs.ports.MapRunStore`."""
        with self._pool.connection() as connection, connection.transaction():
            # Lost in a crash, this only tells again; so nobody waits for the disk.
            connection.execute("SET LOCAL synchronous_commit = off")
            connection.execute(SQL["tell"], (run.key, run.turn))

    def of_execution(self, parent: Execution, before: int | None, limit: int) -> list[MapRun]:
        """See :class:`asl.map_runs.ports.MapRunStore`."""
        with self._pool.connection() as connection:
            rows = connection.execute(
                SQL["of_execution"], (parent.key, before, before, limit)
            ).fetchall()
        runs = [self.load(arn) for (arn,) in rows]
        return [run for run in runs if run is not None]

    def unsuccessful(self, run: MapRun, after: int, limit: int) -> list[Execution]:
        """See :class:`asl.map_runs.ports.MapRunStore`."""
        condition = (
            " WHERE e.map_run = %s AND e.item > %s AND e.status > 1 ORDER BY e.item LIMIT %s"
        )
        return self._find(condition, (run.key, after, limit), True)

    def children(
        self, run: MapRun, after: int, limit: int, status: Status | None = None
    ) -> list[Execution]:
        """See :class:`asl.map_runs.ports.MapRunStore`."""
        asked = "" if status is None else " AND e.status = %s"
        condition = f" WHERE e.map_run = %s AND e.item > %s{asked} ORDER BY e.item LIMIT %s"
        wanted = () if status is None else (STATUS_NUMBERS[status],)
        return self._find(condition, (run.key, after, *wanted, limit), False)
