"""The moment that the thread for time waits for."""

from __future__ import annotations

import threading
from collections.abc import Callable

LOOK_SECONDS = 5.0
"""How long the clock is not looked at: it may jump, and stands still for a machine asleep."""


class Alarm:
    """Wakes one thread when something is due, as far as others have told it. Thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._at: int | None = None
        self._rung = False

    def hear(self, due: int) -> None:
        """Something is due then: wakes the thread if it waits for a later moment."""
        with self._changed:
            if self._at is None or due < self._at:
                self._at = due
                self._changed.notify()

    def ring(self) -> None:
        """Wakes the thread, or keeps it from its next sleep."""
        with self._changed:
            self._rung = True
            self._changed.notify()

    def wait(self, next_due: Callable[[], int | None], now: Callable[[], int]) -> bool:
        """Sleeps towards the next moment, or to where it may have become another one.

        Args:
            next_due: reads the next moment; what is heard while it reads counts too, since that may
                be later than what it has read.
            now: the clock. Both in milliseconds since the epoch.

        Returns:
            Whether something is due already, instead of sleeping.
        """
        with self._changed:
            self._at = None
        found = next_due()
        with self._changed:
            if found is not None and (self._at is None or found < self._at):
                self._at = found
            rest = None if self._at is None else self._at - now()
            if rest is not None and rest <= 0:
                return True
            if not self._rung:
                self._changed.wait(None if rest is None else min(rest / 1000, LOOK_SECONDS))
            self._rung = False
            return False
