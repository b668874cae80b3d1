"""Event triggers as EventBridge rules: one for each, on the workspace's own events only."""

from __future__ import annotations

from typing import Any

from statewright.aws.events import CUSTOM, PLATFORM, WORKFLOW
from statewright.workflows.checks.triggers import EXECUTION_EVENTS, PLATFORM_EVENTS
from statewright.workflows.definition import EventTrigger

ENDED = "execution.ended"
"""The one event that every end of an execution is; the others are this one with a status."""


def pattern_of(
    trigger: EventTrigger, workspace_id: str, workflow_id: str, source_id: str | None
) -> dict[str, Any]:
    """The pattern of the events that a trigger means.

    Args:
        workflow_id: the workflow that has the trigger. Its own ends do not start it again.
        source_id: the workflow whose executions are meant, where the trigger names one.
    """
    detail: dict[str, Any] = {"workspace_id": [workspace_id]}
    data: dict[str, Any] = dict(trigger.where or {})
    kind, sources = trigger.event, [CUSTOM, WORKFLOW]
    if trigger.event in PLATFORM_EVENTS:
        sources = [PLATFORM]
    if trigger.event in EXECUTION_EVENTS:
        kind = ENDED
        data["workflow_id"] = [source_id] if source_id else [{"anything-but": [workflow_id]}]
        if trigger.event != ENDED:
            data["status"] = [trigger.event.removeprefix("execution.")]
    if data:
        detail["data"] = data
    return {"source": sources, "detail-type": [kind], "detail": detail}
