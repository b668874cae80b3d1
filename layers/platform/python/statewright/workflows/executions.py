"""Executions: recorded from status events, listed, shown step by step, stopped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from psycopg.types.json import Jsonb

from statewright.aws import states
from statewright.db import load_queries, system, tenant
from statewright.errors import ConflictError, NotFoundError
from statewright.http.paging import Page, decode_cursor, encode_cursor
from statewright.settings import settings
from statewright.workflows.drafts import parse_id
from statewright.workflows.models import Execution, ExecutionDetail, HistoryEvent
from statewright.workflows.step_view import step_runs

_sql = load_queries(__package__)
_STATUS = {
    "RUNNING": "running",
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "TIMED_OUT": "timed_out",
    "ABORTED": "stopped",
}


def record(details: Sequence[dict[str, Any]]) -> int:
    """Records "Step Functions Execution Status Change" events, in any order, any number of times.

    Returns:
        How many executions were written.
    """
    newest: dict[str, dict[str, Any]] = {}
    for detail in details:
        row = _row(detail)
        known = newest.get(row["arn"])
        if known is None or known["stopped_at"] is None:
            newest[row["arn"]] = row
    with system() as session:
        rows = sorted(newest.values(), key=lambda row: str(row["id"]))
        return session.run(_sql.record_executions, rows=Jsonb(rows))


def _row(detail: dict[str, Any]) -> dict[str, Any]:
    trigger = json.loads(detail.get("input") or "{}").get("trigger", {})
    return {
        "id": detail["name"],
        "arn": detail["executionArn"],
        "workflow_id": detail["stateMachineArn"][-36:],
        "machine_arn": detail.get("stateMachineVersionArn") or detail["stateMachineArn"],
        "status": _STATUS[detail["status"]],
        "trigger": str(trigger.get("type", "unknown")),
        "started_at": _iso(detail["startDate"]),
        "stopped_at": None if detail.get("stopDate") is None else _iso(detail["stopDate"]),
        "error": detail.get("error"),
        "cause": detail.get("cause"),
    }


def _iso(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000).isoformat()


def list_page(
    workspace_id: str, workflow_id: str | None, status: str | None, cursor: str | None, limit: int
) -> Page[Execution]:
    """Executions, the newest first."""
    at, before = (
        (None, None) if cursor is None else decode_cursor(cursor, datetime.fromisoformat, str)
    )
    with tenant(workspace_id) as session:
        rows = session.all(
            _sql.list_executions,
            workflow_id=None if workflow_id is None else parse_id(workflow_id, "workflow"),
            status=status,
            at=at,
            before=before,
            limit=limit + 1,
        )
    items = [_execution(row) for row in rows[:limit]]
    following = None
    if len(rows) > limit:
        following = encode_cursor(items[-1].started_at.isoformat(), items[-1].id)
    return Page(items=items, next=following)


def get(workspace_id: str, execution_id: str) -> ExecutionDetail:
    """An execution, step by step."""
    row = _find(workspace_id, execution_id)
    described = states.describe(row["arn"])
    runs = step_runs(row["definition"], row["bindings"], states.history(row["arn"]))
    # The state machine knows first; the recorded row follows.
    row["status"] = _STATUS[described["status"]]
    row["stopped_at"] = described.get("stopDate")
    row |= {name: described.get(name) for name in ("error", "cause")}
    return ExecutionDetail(
        **_execution(row).model_dump(),
        input=described["input"].get("trigger", {}).get("body"),
        output=described.get("output"),
        steps=runs,
    )


def history(
    workspace_id: str, execution_id: str, cursor: str | None, limit: int
) -> Page[HistoryEvent]:
    """The state machine's own events, in order."""
    row = _find(workspace_id, execution_id)
    after = 0 if cursor is None else decode_cursor(cursor, int)[0]
    events = [_event(event) for event in states.history(row["arn"], after, limit + 1)]
    following = encode_cursor(str(events[limit - 1].id)) if len(events) > limit else None
    return Page(items=events[:limit], next=following)


def stop(workspace_id: str, execution_id: str, reason: str, user_id: str) -> ExecutionDetail:
    """Stops an execution.

    Raises:
        ConflictError: it has ended.
    """
    row = _find(workspace_id, execution_id)
    if states.describe(row["arn"])["status"] != "RUNNING":
        raise ConflictError("The execution has ended.")
    states.stop(row["arn"], "Stopped", reason or f"stopped by {user_id}")
    return get(workspace_id, execution_id)


def _find(workspace_id: str, execution_id: str) -> dict[str, Any]:
    with tenant(workspace_id) as session:
        row = session.one(_sql.find_execution, id=execution_id)
    if row is None:
        raise NotFoundError("There is no such execution.")
    return row


def _execution(row: dict[str, Any]) -> Execution:
    url = f"{settings().base_url}/v1/executions/{row['id']}"
    return Execution.model_validate({**row, "url": url})


def _event(event: dict[str, Any]) -> HistoryEvent:
    details: dict[str, Any] = next(
        (value for name, value in event.items() if name.endswith("EventDetails")), {}
    )
    return HistoryEvent(
        id=event["id"],
        type=event["type"],
        timestamp=event["timestamp"],
        previous_event_id=event["previousEventId"],
        details=details,
    )
