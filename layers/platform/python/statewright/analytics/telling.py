"""Those who look at figures are told to ask again: the topic ``analytics`` says that, and no more.

A batch of facts tells once, and batches gather for a second. While they are full, others follow, so
each process tells a workspace once a second only; the last of them, which is not full, always does.
API calls tell nothing: to ask again is a call.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable

from statewright import world
from statewright.live import Event, publish_all

TOPIC = "analytics"
EVERY_SECONDS = 1.0
MOST_KEPT = 10_000
"""Workspaces whose last message is remembered; beyond, all are forgotten."""
_lock = threading.Lock()
_told: dict[str, float] = {}


def tell(workspaces: Iterable[str], *, more: bool = False) -> int:
    """Tells that figures of workspaces have changed.

    Args:
        more: another batch follows at once, which tells it as well.

    Returns:
        How many connections were told.
    """
    due = [workspace for workspace in set(workspaces) if _due(workspace, more=more)]
    at = world.now()
    return publish_all(Event(workspace, TOPIC, {"at": at.isoformat()}) for workspace in due)


def _due(workspace_id: str, *, more: bool) -> bool:
    now = world.now().timestamp()
    with _lock:
        if more and now - _told.get(workspace_id, 0.0) < EVERY_SECONDS:
            return False
        if len(_told) >= MOST_KEPT:
            _told.clear()
        _told[workspace_id] = now
        return True
