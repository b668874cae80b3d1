"""What other services keep, as facts: the audit log, deliveries, approvals.

Each is read from where the last reading ended. The audit log numbers its events without gaps, so
its position is exact; the others are read again from some minutes before, as a transaction may
commit later than its clock says. A fact that is told twice is one fact.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from statewright import world
from statewright.analytics import telling
from statewright.analytics.facts import Fact, take
from statewright.db import load_queries, system

PAGE = 2_000
_OVERLAP = timedelta(minutes=10)
_SIGN_INS = {"session.begun": "succeeded", "session.refused": "failed"}
_NO_CHANGE = ("session.", "account.exported", "workspace.exported")
"""What is audited although it changes nothing of the workspace."""
_sql = load_queries(__package__)


def read_sources(has_time: Callable[[], bool]) -> int:
    """Reads what is new; says how many facts were new or have changed."""
    return _read_audit(has_time) + _read_changes() + _read_approvals()


def _read_audit(has_time: Callable[[], bool]) -> int:
    with system() as session:
        marks = session.all(_sql.list_audit_marks)
    written = 0
    for mark in marks:
        more, position = True, mark["position"]
        while more and has_time():
            workspace = mark["workspace_id"]
            with system() as session:
                rows = session.all(
                    _sql.audit_after, workspace_id=workspace, after=position, limit=PAGE
                )
            written += _take([_audited(workspace, row) for row in rows if _counts(row["action"])])
            more = len(rows) == PAGE
            if rows:
                position = rows[-1]["sequence"]
                _mark("audit", workspace, position)
    return written


def _take(facts: list[Fact]) -> int:
    taken = take(facts, world.now())
    telling.tell(taken.workspaces, more=len(facts) == PAGE)
    return taken.written


def _mark(source: str, workspace_id: str, position: int) -> None:
    with system() as session:
        session.run(_sql.put_watermark, source=source, workspace_id=workspace_id, position=position)


def _counts(action: str) -> bool:
    return action in _SIGN_INS or not action.startswith(_NO_CHANGE)


def _audited(workspace_id: str, row: dict[str, Any]) -> Fact:
    action = row["action"]
    if action in _SIGN_INS:
        method = json.loads(row["record"]).get("details", {}).get("method")
        return Fact(
            "sign_in",
            str(row["sequence"]),
            row["at"],
            _SIGN_INS[action],
            workspace_id=workspace_id,
            via=method,
            actor=row["actor"],
        )
    return Fact(
        "change",
        str(row["sequence"]),
        row["at"],
        "changed",
        workspace_id=workspace_id,
        subject=action,
        actor=row["actor"],
    )


def _since(source: str) -> tuple[datetime, list[str]]:
    """From when a source is read that has one position for all workspaces."""
    with system() as session:
        rows = session.all(_sql.list_watermarks, source=source)
    # A workspace that is new has nothing older than itself.
    known = [row["position"] for row in rows if row["position"]]
    start = datetime.fromtimestamp(max(known, default=0) / 1000, UTC)
    return max(start - _OVERLAP, datetime(1970, 1, 1, tzinfo=UTC)), [
        r["workspace_id"] for r in rows
    ]


def _read_pages(
    source: str, query: bytes, changed_at: str, fact_of: Callable[[dict[str, Any]], Fact]
) -> int:
    """Reads a source by the time of its rows' last change."""
    since, workspaces = _since(source)
    written = 0
    while True:
        with system() as session:
            rows = session.all(query, since=since, limit=PAGE)
        written += _take([fact_of(row) for row in rows])
        if rows and workspaces:
            newest = rows[-1][changed_at]
            _mark(source, workspaces[0], int(newest.timestamp() * 1000))
        if len(rows) < PAGE or rows[-1][changed_at] <= since:
            return written
        since = rows[-1][changed_at]


def _read_changes() -> int:
    return _read_pages("deliveries", _sql.changed_deliveries, "updated_at", _delivery)


def _delivery(row: dict[str, Any]) -> Fact:
    took = row["updated_at"] - row["created_at"]
    settled = row["status"] not in {"queued", "held", "sending"}
    return Fact(
        "notification",
        row["id"],
        row["created_at"],
        row["status"],
        revision=int(row["updated_at"].timestamp() * 1_000_000),
        workspace_id=row["workspace_id"],
        subject=row["template"] or row["category"],
        via=row["channel"],
        error=row["reason"] if row["status"] in {"failed", "bounced", "suppressed"} else None,
        duration_ms=max(0, took // timedelta(milliseconds=1)) if settled else None,
        attempts=max(0, row["attempts"] - 1),
    )


def _read_approvals() -> int:
    return _read_pages("approvals", _sql.decided_approvals, "changed_at", _decision)


def _decision(row: dict[str, Any]) -> Fact:
    decided = row["decided_at"]
    took = None if decided is None else (decided - row["created_at"]) // timedelta(milliseconds=1)
    return Fact(
        "decision",
        row["id"],
        row["created_at"],
        row["status"],
        revision=0 if decided is None else 1,
        workspace_id=row["workspace_id"],
        workflow_id=row["workflow_id"],
        subject=row["step"],
        duration_ms=None if took is None else max(0, took),
    )
