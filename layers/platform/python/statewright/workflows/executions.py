"""Executions: recorded from status events, listed, shown step by step, stopped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from psycopg.types.json import Jsonb

from statewright import world
from statewright.aws import states
from statewright.db import load_queries, system, tenant
from statewright.errors import ConflictError, NotFoundError
from statewright.http.paging import Page, decode_cursor, encode_cursor
from statewright.json_text import read
from statewright.logs import keys_of_execution, logger
from statewright.settings import settings
from statewright.workflows import waiting
from statewright.workflows.drafts import parse_id
from statewright.workflows.execution_models import ExecutionFilter
from statewright.workflows.models import Execution, ExecutionDetail, HistoryEvent, Status
from statewright.workflows.step_view import step_runs

_sql = load_queries(__package__, "executions.sql")
STATUS: dict[str, Status] = {
    "RUNNING": "running",
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "TIMED_OUT": "timed_out",
    "ABORTED": "stopped",
    "PENDING_REDRIVE": "running",
}
"""Step Functions' words, and ours."""
MAX_WORDS = 1000
"""The most characters of an input that are searched."""


def record(details: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records "Step Functions Execution Status Change" events, in any order, any number of times.

    Returns:
        What was news: the executions' rows as they are now.
    """
    newest: dict[str, dict[str, Any]] = {}
    for detail in details:
        known = newest.get(detail["executionArn"])
        if known is None or _progress(known) < _progress(detail):
            newest[detail["executionArn"]] = detail
    with system() as session:
        rows = sorted(map(_row, newest.values()), key=lambda row: str(row["id"]))
        keys = {(row["id"], row["workflow_id"]): row.pop("keys") for row in rows}
        news = session.all(_sql.record_executions, rows=Jsonb(rows))
    for row in news:
        known = keys[row["id"], row["workflow_id"]]
        logger.info("execution recorded", **known, status=row["status"])
    return news


def _progress(detail: dict[str, Any]) -> tuple[int, bool]:
    """How far an execution was: it runs and ends, and each redrive does it again."""
    return detail.get("redriveCount") or 0, detail.get("stopDate") is not None


def _row(detail: dict[str, Any]) -> dict[str, Any]:
    content = read(detail.get("input") or "{}")
    trigger = content.get("trigger", {})
    kind = str(trigger.get("type", "unknown"))
    return {
        "id": detail["name"],
        "arn": detail["executionArn"],
        "workflow_id": detail["stateMachineArn"][-36:],
        "machine_arn": detail.get("stateMachineVersionArn") or detail["stateMachineArn"],
        "status": STATUS[detail["status"]],
        "trigger": kind,
        "started_at": _iso(detail["startDate"]),
        "stopped_at": None if detail.get("stopDate") is None else _iso(detail["stopDate"]),
        "error": detail.get("error"),
        "cause": detail.get("cause"),
        "parent_id": trigger.get("id") if kind == "workflow" else None,
        "rerun_of": content.get("rerun_of"),
        "redrives": detail.get("redriveCount") or 0,
        "words": searchable(trigger.get("body")),
        "keys": keys_of_execution(detail["name"], trigger),
    }


def searchable(body: Any) -> str:
    """The first values of an input as words. NUL, which no database text holds, is left out."""
    found: list[str] = []
    _gather(body, found, MAX_WORDS)
    return " ".join(found)[:MAX_WORDS].replace("\0", " ")


def _gather(value: Any, found: list[str], room: int) -> int:
    """Takes a value's texts until there is no room for more; says how much is left."""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        if value is None or isinstance(value, bool):
            return room
        found.append(str(value))
        return room - len(found[-1]) - 1
    for part in value:
        room = _gather(part, found, room)
        if room <= 0:
            break
    return room


def _iso(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000).isoformat()


def list_page(
    workspace_id: str, wanted: ExecutionFilter, cursor: str | None, limit: int
) -> Page[Execution]:
    """Executions that the filter lets through, the newest first."""
    at, before = (
        (None, None) if cursor is None else decode_cursor(cursor, datetime.fromisoformat, str)
    )
    rows = page_rows(workspace_id, filter_of(wanted), at, before, limit + 1)
    items = [_execution(row) for row in rows[:limit]]
    following = None
    if len(rows) > limit:
        following = encode_cursor(items[-1].started_at.isoformat(), items[-1].id)
    return Page(items=items, next=following)


def filter_of(wanted: ExecutionFilter) -> dict[str, Any]:
    """A filter as the database reads it."""
    found = wanted.model_dump(mode="json", exclude_none=True)
    if "workflow_id" in found:
        found["workflow_id"] = parse_id(found["workflow_id"], "workflow")
    return found


def page_rows(
    workspace_id: str, wanted: dict[str, Any], at: datetime | None, before: str | None, limit: int
) -> list[dict[str, Any]]:
    """The rows of executions before a place in the order of their start, the newest first."""
    place = {"at": at, "before": before, "limit": limit}
    with tenant(workspace_id) as session:
        return session.all(_sql.find_executions, filter=Jsonb(wanted), **place)


def get(
    workspace_id: str, execution_id: str, *, wait: float = 0, after: int = 0
) -> ExecutionDetail:
    """An execution, step by step.

    Args:
        wait: seconds to wait for news, if there is none.
        after: the last event that the caller has seen; later ones are news.
    """
    row = find(workspace_id, execution_id)
    if wait:
        _wait_for_news(row["arn"], after, wait)
    try:
        described = states.describe(row["arn"])
    except NotFoundError:
        return _without_history(row)
    seen = _Counted(states.history(row["arn"]))
    runs = step_runs(row["definition"], row["bindings"], seen)
    # The state machine knows first; the recorded row follows.
    row["status"] = STATUS[described["status"]]
    row["stopped_at"] = described.get("stopDate")
    row["redrives"] = described.get("redriveCount", 0)
    row |= {name: described.get(name) for name in ("error", "cause")}
    return ExecutionDetail(
        **_execution(row).model_dump(),
        input=described["input"].get("trigger", {}).get("body"),
        output=described.get("output"),
        steps=runs,
        last_event=seen.last,
    )


class _Counted:
    """Events passed on; ``last`` is the number of the last of them."""

    def __init__(self, events: Iterator[dict[str, Any]]):
        self._events = events
        self.last = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for event in self._events:
            self.last = event["id"]
            yield event


def _wait_for_news(arn: str, after: int, seconds: float) -> None:
    """Waits until the history is longer than the caller knows, or the execution has ended."""
    deadline = world.now().timestamp() + seconds
    pause = 0.1
    with waiting.place() as free:
        while free and not states.has_news(arn, after) and world.now().timestamp() < deadline:
            world.pause(pause)
            pause = min(pause * 1.5, 1.0)


def _without_history(row: dict[str, Any]) -> ExecutionDetail:
    """What is left where Step Functions has forgotten an execution: 90 days after its end, or as
    soon as its workflow was deleted."""
    shown = _execution(row).model_dump()
    return ExecutionDetail(**shown, input=None, output=None, steps=[], last_event=0)


def history(
    workspace_id: str, execution_id: str, cursor: str | None, limit: int
) -> Page[HistoryEvent]:
    """The state machine's own events, in order."""
    row = find(workspace_id, execution_id)
    after = 0 if cursor is None else decode_cursor(cursor, int)[0]
    events = [_event(event) for event in states.history(row["arn"], after, limit + 1)]
    following = encode_cursor(str(events[limit - 1].id)) if len(events) > limit else None
    return Page(items=events[:limit], next=following)


def stop(workspace_id: str, execution_id: str, reason: str, user_id: str) -> ExecutionDetail:
    """Stops an execution.

    Raises:
        ConflictError: it has ended.
    """
    row = find(workspace_id, execution_id)
    if states.describe(row["arn"])["status"] != "RUNNING":
        raise ConflictError("The execution has ended.")
    states.stop(row["arn"], "Stopped", reason or f"stopped by {user_id}")
    return get(workspace_id, execution_id)


def find(workspace_id: str, execution_id: str) -> dict[str, Any]:
    """An execution's row, with the definition that it ran.

    Raises:
        NotFoundError: the workspace has no such execution.
    """
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
