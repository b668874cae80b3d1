"""Executions as facts: from Step Functions' status events, or from the recorded executions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from statewright import world
from statewright.analytics import telling
from statewright.analytics.facts import Document, Fact, ingest, key_of, readable, take
from statewright.db import load_queries, system
from statewright.json_text import read

BACKFILL_PAGE = 2_000
_STATUS = {
    "RUNNING": "running",
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "TIMED_OUT": "timed_out",
    "ABORTED": "stopped",
}
_sql = load_queries(__package__)


def record(details: Sequence[dict[str, Any]], *, more: bool = False) -> int:
    """Takes "Step Functions Execution Status Change" events, in any order, any number of times.

    Args:
        more: others follow at once.

    Returns:
        How many executions ended among what was new.
    """
    told = [(detail, _given(detail)) for detail in _last(details)]
    facts = [_fact(detail, given) for detail, given in told]
    documents = [
        _document(detail, given) for detail, given in told if detail["status"] != "RUNNING"
    ]
    taken = take([*facts, *map(_started, facts)], world.now(), documents)
    telling.tell(taken.workspaces, more=more)
    return len(documents)


def _last(details: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of an execution that begins and ends within a batch, the end, which tells all."""
    found: dict[str, dict[str, Any]] = {}
    for detail in details:
        known = found.get(detail["executionArn"])
        if known is None or known.get("stopDate") is None:
            found[detail["executionArn"]] = detail
    return list(found.values())


def backfill(since: datetime, until: datetime) -> int:
    """Takes what the recorded executions say, as their events said it.

    Returns:
        How many facts were missing or out of date.
    """
    position, written = (since - timedelta(microseconds=1), ""), 0
    while True:
        with system() as session:
            rows = session.all(
                _sql.recorded_executions,
                since=position[0],
                after=position[1],
                until=until,
                limit=BACKFILL_PAGE,
            )
        facts = [_recorded(row) for row in rows]
        written += ingest([*facts, *map(_started, facts)], world.now())
        if len(rows) < BACKFILL_PAGE:
            return written
        position = (rows[-1]["started_at"], rows[-1]["id"])


def _fact(detail: dict[str, Any], given: dict[str, Any]) -> Fact:
    stopped = detail.get("stopDate")
    workflow_id = detail["stateMachineArn"][-36:]
    return Fact(
        "execution",
        key_of(workflow_id, detail["name"]),
        _moment(detail["startDate"]),
        _STATUS[detail["status"]],
        revision=0 if stopped is None else 1,
        workflow_id=workflow_id,
        machine_arn=detail.get("stateMachineVersionArn") or detail["stateMachineArn"],
        via=_trigger_of(given).get("type") or "unknown",
        error=_error(_STATUS[detail["status"]], detail.get("error")),
        duration_ms=None if stopped is None else max(0, stopped - detail["startDate"]),
        detail=detail.get("cause"),
    )


def _error(status: str, error: str | None) -> str | None:
    """The class of an error. One that has no name of its own is called as its status."""
    if status in {"running", "succeeded"}:
        return None
    return error or {"timed_out": "States.Timeout", "stopped": "Stopped"}.get(status, "Failed")


def _started(fact: Fact) -> Fact:
    """The trigger's side of an execution: it was started, whatever becomes of it."""
    return Fact(
        "trigger",
        fact.key,
        fact.at,
        "started",
        workspace_id=fact.workspace_id,
        workflow_id=fact.workflow_id,
        version=fact.version,
        machine_arn=fact.machine_arn,
        via=fact.via,
    )


def _given(detail: dict[str, Any]) -> dict[str, Any]:
    """An execution's input."""
    try:
        given = read(detail.get("input") or "{}")
    except (ValueError, RecursionError):
        return {}  # an input that was left out for its size, or cut
    return given if isinstance(given, dict) else {}


def _trigger_of(given: dict[str, Any]) -> dict[str, Any]:
    trigger = given.get("trigger")
    return trigger if isinstance(trigger, dict) else {}


def _document(detail: dict[str, Any], given: dict[str, Any]) -> Document:
    """What is looked for: what an execution was given and gave, not the headers it came with."""
    status, workflow_id = _STATUS[detail["status"]], detail["stateMachineArn"][-36:]
    trigger = _trigger_of(given)
    data = [trigger.get("query"), trigger.get("body")] if trigger else [given]
    said = [detail["name"], detail.get("error"), detail.get("cause")]
    parts = [json.dumps(part, ensure_ascii=False) for part in data if part]
    parts.append(readable(detail.get("output") or ""))
    return Document(
        "execution",
        key_of(workflow_id, detail["name"]),
        _moment(detail["startDate"]),
        workflow_id,
        status,
        f"{status} {trigger.get('type') or ''}".strip(),
        "\n".join(part for part in [*said, *parts] if part),
    )


def _recorded(row: dict[str, Any]) -> Fact:
    stopped = row["stopped_at"]
    took = None if stopped is None else (stopped - row["started_at"]) // timedelta(milliseconds=1)
    return Fact(
        "execution",
        key_of(row["workflow_id"], row["id"]),
        row["started_at"],
        row["status"],
        revision=0 if stopped is None else 1,
        workspace_id=row["workspace_id"],
        workflow_id=row["workflow_id"],
        version=row["version"] or None,
        via=row["trigger"],
        error=_error(row["status"], row["error"]),
        duration_ms=None if took is None else max(0, took),
        detail=row["cause"],
    )


def _moment(milliseconds: int) -> datetime:
    seconds, rest = divmod(milliseconds, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000)
