"""Steps as facts: the histories of ended executions, read as fast as Step Functions allows.

GetExecutionHistory gives 20 answers a second to an account
(https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html), which people who look
at executions need too, so histories are read beside the status events, one process at a time, the
newest executions first, so many at once and no more. What is not read today is read tomorrow, for a
week; older executions have no steps in the figures.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from statewright import world
from statewright.analytics import telling
from statewright.analytics.facts import Document, Fact, take
from statewright.analytics.visits import (
    MAX_VISITS,
    Reading,
    Visit,
    duration_ms,
    names_of,
    read,
    retries,
)
from statewright.aws import states
from statewright.db import load_queries, system
from statewright.errors import NotFoundError

MAX_EVENTS = 5_000
"""How much of a history is read."""
BATCH = 20
_WORTH_READING = timedelta(days=7)
_sql = load_queries(__package__)


def read_histories(has_time: Callable[[], bool], most: int) -> int:
    """Reads histories until none is left, so many are read, or time is over; says how many.

    Another process that is at it makes this one do nothing.
    """
    done = 0
    with system() as session:
        row = session.one(_sql.try_reading)
        if row is None or not row["free"]:
            return 0
        while done < most and has_time():
            count = _read_batch(world.now())
            done += count
            if count < BATCH:
                break
    return done


def _read_batch(now: datetime) -> int:
    with system() as session:
        rows = session.all(_sql.histories_to_read, since=now - _WORTH_READING, limit=BATCH)
    readings = [(row, _read(row["arn"])) for row in rows]
    facts = [fact for row, reading in readings for fact in _facts(row, reading)]
    documents = [_document(row, reading) for row, reading in readings if reading.words]
    take(facts, now, documents)
    with system() as session:
        for row, reading in sorted(readings, key=lambda pair: str(pair[0]["workspace_id"])):
            session.run(_sql.hold_workspace, workspace_id=row["workspace_id"])
            session.run(
                _sql.note_history,
                workspace_id=row["workspace_id"],
                at=row["at"],
                key=row["key"],
                attempts=reading.retries,
                units=reading.transitions,
            )
    telling.tell({str(row["workspace_id"]) for row in rows}, more=len(rows) == BATCH)
    return len(rows)


def _read(arn: str) -> Reading:
    try:
        return read(islice(states.history(arn), MAX_EVENTS))
    except NotFoundError:  # Step Functions forgets executions after 90 days
        return Reading()


def _facts(row: dict[str, Any], reading: Reading) -> list[Fact]:
    names = names_of(row["definition"], row["bindings"])
    ended_at = row["at"] + timedelta(milliseconds=row["duration_ms"] or 0)
    visits = [visit for visit in reading.visits if visit.state in names]
    return [
        Fact(
            "step",
            f"{row['key']}/{visit.number}",
            visit.at,
            _status(visit, row["status"]),
            workspace_id=row["workspace_id"],
            workflow_id=row["workflow_id"],
            version=row["version"],
            subject=names[visit.state].name,
            via=names[visit.state].kind,
            error=visit.error if visit.failing or visit.left_at is None else None,
            duration_ms=duration_ms(visit, ended_at),
            attempts=retries(visit),
            detail=visit.cause,
        )
        for visit in visits[:MAX_VISITS]
    ]


def _status(visit: Visit, execution: str) -> str:
    """A step that was left with its last attempt failed was taken over by ``on_error``."""
    if visit.failing:
        return "failed"
    return "succeeded" if visit.left_at is not None else execution


def _document(row: dict[str, Any], reading: Reading) -> Document:
    text = "\n".join(reading.words)
    return Document(
        "log", row["key"], row["at"], row["workflow_id"], row["status"], "history", text
    )
