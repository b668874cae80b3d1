"""What comes one by one, handled many at a time by a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

MOST_WAITING = 200_000
"""What waits at the most; beyond, the oldest is forgotten: a log must not fill memory."""
T = TypeVar("T")
_log = logging.getLogger("localcloud")


class Gatherer(Generic[T]):
    """Hands what has come to ``handle``, some time after the first of it came.

    Args:
        seconds: how long is gathered.
    """

    def __init__(self, name: str, seconds: float, handle: Callable[[list[T]], None]):
        self._name = name
        self._seconds = seconds
        self._handle = handle
        self._waiting: deque[T] = deque(maxlen=MOST_WAITING)
        self._some = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def open(self) -> None:
        """Starts to handle."""
        self._thread.start()

    def add(self, items: Iterable[T]) -> None:
        """Takes something; it is handled soon, unless the process is killed before."""
        self._waiting.extend(items)
        if not self._some.is_set():
            self._some.set()

    def close(self) -> None:
        """Handles what is left, and ends."""
        self._stop.set()
        self._some.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._some.wait()
            self._stop.wait(self._seconds)
            self._some.clear()
            self.flush()
        self.flush()

    def flush(self) -> None:
        """Handles what is there: nothing, where all came before the last time."""
        items = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if not items:
            return
        try:
            self._handle(items)
        except Exception:  # whoever is served does not suffer from a log
            _log.exception("%s: %d lines are lost", self._name, len(items))
