"""Work that goes on after the answer, in functions of its own."""

from __future__ import annotations

import threading

from statewright import world
from statewright.aws import functions
from statewright.settings import settings

_EVERY_SECONDS = 2.0
_MOST = 20
"""Histories that are read at once: under load, the schedule reads the others later."""
_lock = threading.Lock()
_last = [0.0]


def read_histories_soon() -> None:
    """Has the histories of ended executions read. Asked often, this process asks every 2 s: the
    schedule takes care of what is left."""
    now = world.now().timestamp()
    with _lock:
        if now - _last[0] < _EVERY_SECONDS:
            return
        _last[0] = now
    functions.start(f"{settings().prefix}-analytics-read-histories", {"most": _MOST})
