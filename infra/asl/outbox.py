"""Passes status changes on: in batches, the oldest first, each until it has been heard."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from asl.ports import Announcement, Journal

GATHER_SECONDS = 0.05
"""How long announcements gather, so that a batch costs what one would."""
BATCH = 500


class Outbox:
    """What has been committed and not yet been passed on; the journal keeps it as well.

    Args:
        pass_on: tells the world of a batch; when it returns, the batch cannot be lost.
        stop: set when nothing more is to be passed on.
    """

    def __init__(
        self,
        journal: Journal,
        pass_on: Callable[[Sequence[Announcement]], None],
        stop: threading.Event,
    ):
        self._journal = journal
        self._pass_on = pass_on
        self._stop = stop
        self._waiting: list[Announcement] = []
        self._ready = threading.Condition()

    def add(self, announcement: Announcement) -> None:
        """Takes an announcement that has been committed."""
        with self._ready:
            self._waiting.append(announcement)
            self._ready.notify()

    def wake(self) -> None:
        """Lets :meth:`turn` notice that it shall stop."""
        with self._ready:
            self._ready.notify_all()

    def turn(self) -> None:
        """Waits for announcements and passes a batch on."""
        with self._ready:
            while not self._waiting and not self._stop.is_set():
                self._ready.wait()
        self._stop.wait(GATHER_SECONDS)
        with self._ready:
            batch, self._waiting = self._waiting, []
        self._send(batch)

    def left_over(self, leases: Sequence[int] | None = None) -> None:
        """Passes on what an earlier process, or a failed turn, has left in the journal."""
        while batch := self._journal.announcements(BATCH, leases):
            self._send(batch)

    def _send(self, batch: Sequence[Announcement]) -> None:
        if batch:
            self._pass_on(batch)
            self._journal.clear(batch)
