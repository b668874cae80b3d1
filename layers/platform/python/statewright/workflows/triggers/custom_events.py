"""Events that callers of the API publish for workflows to start on."""

from __future__ import annotations

import json

from statewright import world
from statewright.aws import events
from statewright.aws.events import CUSTOM, Event
from statewright.errors import InvalidError, Issue, TooLargeError
from statewright.workflows.checks.triggers import PLATFORM_NAMES
from statewright.workflows.triggers.models import NewEvent, PublishedEvent

MAX_DATA = 200_000
"""EventBridge takes 256 KiB in all, and what it starts must take it in, too."""


def publish(workspace_id: str, event: NewEvent, key: str | None = None) -> PublishedEvent:
    """Publishes an event; whoever waits for it starts, once for each id.

    Args:
        key: the request's Idempotency-Key, which is the event's id where it has none.

    Raises:
        InvalidError: the type is one of the platform's own.
        TooLargeError: the data are more than an execution can take.
    """
    if event.type.startswith(PLATFORM_NAMES):
        detail = "is a name that only the platform's own events have"
        raise InvalidError(f"/type: {detail}", (Issue("/type", detail),))
    if len(json.dumps(event.data, ensure_ascii=False).encode("utf-8", "replace")) > MAX_DATA:
        raise TooLargeError(f"An event's data may have {MAX_DATA:,} bytes at the most.")
    event_id = event.id or (key or "")[:200] or world.new_id()
    events.publish([Event(workspace_id, event.type, event_id, event.data, CUSTOM)])
    return PublishedEvent(event_id=event_id)
