"""The ends of executions: told as events to those workflows that start on them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from statewright.aws import events
from statewright.aws.events import Event
from statewright.db import load_queries, system
from statewright.ids import is_id
from statewright.logs import CORRELATION, keys_of_execution
from statewright.workflows.triggers.rules import ENDED

MOST_OUTPUT = 100_000
"""An output larger than this is left out of the event."""
_STATUS = {
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "TIMED_OUT": "timed_out",
    "ABORTED": "stopped",
}
_sql = load_queries(__package__)


def note(details: Sequence[dict[str, Any]]) -> None:
    """Acts on the ends among Step Functions' status events, which may come more than once.

    An event of an end has the execution's ARN as its id, so that acting on it twice starts nothing
    twice. Where nobody wants to know, none is published.
    """
    ended = [detail for detail in details if detail["status"] in _STATUS]
    wanted = _wanted({detail["stateMachineArn"][-36:] for detail in ended})
    found = [(wanted.get(detail["stateMachineArn"][-36:]), detail) for detail in ended]
    events.publish([_event(workflow, detail) for workflow, detail in found if workflow is not None])


def _wanted(workflow_ids: set[str]) -> dict[str, dict[str, Any]]:
    """Those workflows in whose workspace something starts on ends."""
    known = [text for text in workflow_ids if is_id(text)]
    if not known:
        return {}
    with system() as session:
        rows = session.all(_sql.find_watched_workflows, ids=known)
    return {row["id"]: row for row in rows}


def _event(workflow: dict[str, Any], detail: dict[str, Any]) -> Event:
    started_by = json.loads(detail.get("input") or "{}").get("trigger", {})
    output = detail.get("output")
    data = {
        "execution_id": detail["name"],
        "workflow_id": workflow["id"],
        "workflow": workflow["name"],
        "status": _STATUS[detail["status"]],
        "error": detail.get("error"),
        "cause": detail.get("cause"),
        "output": json.loads(output) if output and len(output) <= MOST_OUTPUT else None,
        "started_at": detail["startDate"],
        "stopped_at": detail.get("stopDate"),
    }
    return Event(
        workflow["workspace_id"],
        ENDED,
        detail["executionArn"],
        data,
        depth=depth_of(started_by) + 1,
        correlation_id=keys_of_execution(detail["name"], started_by)[CORRELATION],
    )


def depth_of(trigger: dict[str, Any]) -> int:
    """How many workflows have started one another until this execution."""
    headers = trigger.get("headers")
    text = str(headers.get("event-depth", "")) if isinstance(headers, dict) else ""
    return int(text) if trigger.get("type") == "event" and text.isdecimal() else 0
