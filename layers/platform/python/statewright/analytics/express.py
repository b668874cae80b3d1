"""Express executions as facts: from their log, since Step Functions sends no status events of them.

All Express state machines write to one log group, without their data. A subscription brings the
lines of beginnings and ends, in any order, each at least once. A fact needs both: two lines of one
batch make it at once, a line that comes alone waits in ``analytics_express`` for the other one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger
from psycopg.types.json import Jsonb

from statewright import world
from statewright.analytics import telling
from statewright.analytics.facts import MAX_DETAIL, MAX_TEXT, Fact, clean, key_of, take
from statewright.aws import logs
from statewright.db import load_queries, system
from statewright.ids import is_id
from statewright.prices import express_chunks
from statewright.settings import settings

MODE = "express"
"""The ``subject`` of an Express execution's fact: it is billed by time, not by transitions."""
PATTERN = '{ $.type = "Execution*" }'
"""Lines of interest. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html"""
_ENDS = {
    "ExecutionSucceeded": "succeeded",
    "ExecutionFailed": "failed",
    "ExecutionTimedOut": "timed_out",
    "ExecutionAborted": "stopped",
}
_UNNAMED = {"failed": "Failed", "timed_out": "States.Timeout", "stopped": "Stopped"}
_KEPT = timedelta(days=3)
logger = Logger(service="statewright", level="INFO")
_sql = load_queries(__package__, "express.sql")


@dataclass(frozen=True, slots=True)
class Told:
    """What lines have told of an execution."""

    workflow_id: str
    execution: str
    started_at: datetime | None = None
    machine_arn: str | None = None
    ended_at: datetime | None = None
    status: str | None = None
    error: str | None = None
    cause: str | None = None

    def joined(self, other: Told) -> Told:
        """What both tell."""
        start, end = (self, other) if self.started_at is not None else (other, self)
        ending = end if end.ended_at is not None else start
        return Told(
            self.workflow_id,
            self.execution,
            start.started_at,
            start.machine_arn,
            ending.ended_at,
            ending.status,
            ending.error,
            ending.cause,
        )


def record(lines: Iterable[str]) -> int:
    """Takes lines of the log, any number of times and in any order.

    Returns:
        How many facts were new.
    """
    known: dict[tuple[str, str], Told] = {}
    for line in lines:
        told = _told(line)
        if told is not None:
            name = (told.workflow_id, told.execution)
            known[name] = known[name].joined(told) if name in known else told
    whole = [told for told in known.values() if told.started_at and told.ended_at]
    apart = [told for told in known.values() if not (told.started_at and told.ended_at)]
    whole += _meet(apart)
    taken = take([fact for told in whole for fact in _facts(told)], world.now())
    telling.tell(taken.workspaces, more=False)
    return taken.written


def backfill(since: datetime, until: datetime) -> int:
    """Counts what the log has of executions that began or ended within a time."""
    pages = logs.pages(settings().express_group, since, until, PATTERN)
    return sum(record(page) for page in pages)


def forget(now: datetime) -> None:
    """Forgets lines whose other half never came, and those that both came to a batch of its own."""
    with system() as session:
        session.run(_sql.forget_halves, before=now - _KEPT)


def _told(line: str) -> Told | None:
    try:
        event = json.loads(line)
        return _event(event) if isinstance(event, dict) else None
    except (ValueError, KeyError, TypeError, OverflowError):
        logger.warning("a line of the executions' log cannot be read", line=line[:500])
        return None


def _event(event: dict[str, Any]) -> Told | None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html"""
    kind, details = event["type"], event.get("details") or {}
    *_, machine, name, number = event["execution_arn"].split(":")
    workflow_id, execution = machine[-36:], f"{name}:{number}"
    if not is_id(workflow_id):
        return None
    at = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(event["event_timestamp"]))
    if kind == "ExecutionStarted":
        return Told(workflow_id, execution, at, details.get("stateMachineVersionArn"))
    if kind not in _ENDS:
        return None
    status = _ENDS[kind]
    error = details.get("error") or _UNNAMED.get(status)
    return Told(
        workflow_id,
        execution,
        ended_at=at,
        status=status,
        error=clean(error, MAX_TEXT),
        cause=clean(details.get("cause"), MAX_DETAIL),
    )


def _meet(apart: list[Told]) -> list[Told]:
    """Keeps lines that came alone, and gives those executions of which both are there now."""
    if not apart:
        return []
    rows = [
        {
            "workflow_id": told.workflow_id,
            "execution": told.execution,
            "started_at": told.started_at and told.started_at.isoformat(),
            "machine_arn": told.machine_arn,
            "ended_at": told.ended_at and told.ended_at.isoformat(),
            "status": told.status,
            "error": told.error,
            "cause": told.cause,
        }
        for told in apart
    ]
    with system() as session:
        found = session.all(_sql.note_halves, rows=Jsonb(rows), now=world.now())
    return [Told(**row) for row in found if row["started_at"] and row["ended_at"]]


def _facts(told: Told) -> list[Fact]:
    """The execution, and the trigger's side of it. The log does not say which trigger it was."""
    if told.started_at is None or told.ended_at is None or told.status is None:
        raise ValueError(f"{told.execution} has not been told whole")
    key = key_of(told.workflow_id, told.execution)
    took = max(0, (told.ended_at - told.started_at) // timedelta(milliseconds=1))
    common = {"workflow_id": told.workflow_id, "machine_arn": told.machine_arn, "via": "unknown"}
    return [
        Fact(
            "execution",
            key,
            told.started_at,
            told.status,
            revision=1,
            subject=MODE,
            error=told.error,
            duration_ms=took,
            units=express_chunks(took),
            detail=told.cause,
            **common,  # type: ignore[arg-type]
        ),
        Fact("trigger", key, told.started_at, "started", **common),  # type: ignore[arg-type]
    ]
