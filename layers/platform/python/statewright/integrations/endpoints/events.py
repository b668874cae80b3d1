"""What a workspace can be told of: the platform's events, and which of them an endpoint wants."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

TYPES: dict[str, str] = {
    "execution.succeeded": "An execution has ended well.",
    "execution.failed": "An execution has failed.",
    "execution.timed_out": "An execution took longer than it may.",
    "execution.stopped": "An execution was stopped.",
    "workflow.published": "A version has been published.",
    "workflow.turned_on": "A workflow's triggers start it again.",
    "workflow.turned_off": "A workflow's triggers start nothing.",
    "task.assigned": "People are asked for something.",
    "connection.expiring": "A connection's credential ends in 14 or 3 days, or has ended.",
}
"""Every type of event, with what it means."""
TEST = "webhook.test"
_ENDED = "execution.ended"


@dataclass(frozen=True, slots=True)
class Message:
    """An event as endpoints get it. The same event is the same message, however often it comes."""

    id: str
    workspace_id: str
    type: str
    payload: str
    created_at: datetime


def message_of(event: dict[str, Any], now: datetime) -> Message:
    """The message of an event as EventBridge delivers it."""
    detail = event["detail"]
    kind, data = event["detail-type"], detail.get("data", {})
    if kind == _ENDED:
        kind = f"execution.{data['status']}"
    event_id = str(detail.get("id") or event["id"])
    return message(detail["workspace_id"], kind, event_id, data, event["time"], now)


def message(
    workspace_id: str, kind: str, event_id: str, data: dict[str, Any], at: str, now: datetime
) -> Message:
    """A message with the payload that Standard Webhooks describes."""
    digest = hashlib.sha256(f"{workspace_id}\n{kind}\n{event_id}".encode()).hexdigest()
    payload = json.dumps({"type": kind, "timestamp": at, "data": data}, ensure_ascii=False)
    clean = payload.encode("utf-8", "replace").decode()
    return Message(f"msg_{digest[:40]}", workspace_id, kind, clean, now)


def wants(patterns: Iterable[str], kind: str) -> bool:
    """Whether an endpoint's list has a type, by name or by family."""
    family = f"{kind.partition('.')[0]}.*"
    return any(pattern in {"*", kind, family} for pattern in patterns)


def known(pattern: str) -> bool:
    """Whether a pattern means anything at all."""
    return pattern == "*" or any(wants([pattern], kind) for kind in TYPES)
