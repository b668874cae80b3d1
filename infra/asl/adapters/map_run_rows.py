"""Map runs as rows of ``asl.map_runs``, and what a row of an execution says of its run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, assert_never

import orjson
from psycopg.types.json import Jsonb

from asl.adapters.named_sql import queries
from asl.commands import RedriveMapRun, StartMapRun, StopMapRun
from asl.execution import MapChild
from asl.map_runs.model import Counts, MapRun, MapRunStatus, RunRedrives, child_arn
from asl.ports import Commit

SQL = queries("map_runs.sql")
STATUSES = tuple(MapRunStatus)
"""Their positions are the numbers that rows hold; the order never changes."""
STATUS = {status: number for number, status in enumerate(STATUSES)}


def apply_to_runs(connection: Any, commits: Sequence[Commit], lease: int) -> None:
    """Begins and stops the runs of executions, in the transaction that stores their steps."""
    for commit in commits:
        for command in commit.map_runs:
            match command:
                case StartMapRun(run=run):
                    row = _new_row(run, commit.execution.key, lease)
                    connection.execute(SQL["create"], row)
                case StopMapRun(arn=arn):
                    connection.execute(SQL["stop"], (lease, arn))
                case RedriveMapRun(arn=arn, at=at):
                    connection.execute(SQL["redrive"], (lease, at, arn))
                case _:
                    assert_never(command)


def _new_row(run: MapRun, execution: int, lease: int) -> tuple[Any, ...]:
    about = {
        "parent_arn": run.parent_arn,
        "path": run.path,
        "machine_arn": run.machine_arn,
        "role_arn": run.role_arn,
        "inputs": asdict(run.inputs),
    }
    return (
        run.arn,
        execution,
        run.state,
        run.express,
        orjson.dumps(about),
        run.revision,
        run.started_at,
        STATUS[run.status],
        run.turn,
        lease,
        *changing(run)[1:],
    )


def changing(run: MapRun) -> tuple[Any, ...]:
    """What a decision changes of a run, in the order of the queries."""
    settings, failure = run.settings, run.failure
    return (
        STATUS[run.status],
        settings.concurrency,
        settings.tolerated_count,
        settings.tolerated_percentage,
        run.read,
        Jsonb(dict(run.position)),
        run.exhausted,
        run.started,
        run.left,
        None if failure is None else Jsonb([failure.error, failure.cause]),
        run.stopping,
        run.told,
        run.written,
        Jsonb(asdict(run.redrives)),
    )


def redrives(row: dict[str, Any]) -> RunRedrives:
    """What a row says of the run's redrives; of a run of earlier versions, only what was asked."""
    counts = {name: Counts(**row.get(name, {})) for name in ("executions", "items")}
    return RunRedrives(**(row | counts))


def map_child(
    key: int | None, run: str, state: str, express: bool, index: int, items: int
) -> MapChild | None:
    """What a row of an execution, joined with its run, says of the child that it is."""
    return None if key is None else MapChild(run, state, index, items, express, key)


def addressed(machine_arn: str, name: str, child: MapChild | None) -> tuple[str, str]:
    """The ARNs of an execution's state machine and of the execution."""
    if child is None:
        return machine_arn, f"{machine_arn.replace(':stateMachine:', ':execution:', 1)}:{name}"
    label = child.run.rsplit("/", 1)[1].rsplit(":", 1)[0]
    labelled = f"{machine_arn}/{label}"
    return labelled, child_arn(labelled, child.run, child.index, express=child.express)
