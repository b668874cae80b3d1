"""Keeps the engine's threads alive through failures of what it depends on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

_log = logging.getLogger("asl")
RETRY_SECONDS = 0.5


class Guard:
    """Does work that may fail, reports failures, and waits a little after each.

    Args:
        stop: set when nothing more is to be done.
        report: is told of failures; without it they are logged.
    """

    def __init__(self, stop: threading.Event, report: Callable[[Exception], None] | None):
        self._stop = stop
        self._report = report

    def attempt(self, work: Callable[..., Any], *arguments: Any) -> bool:
        """Does something once; says whether all went well."""
        try:
            work(*arguments)
        except Exception as error:
            self.tell(error)
            self._stop.wait(RETRY_SECONDS)
            return False
        return True

    def insist(self, work: Callable[..., Any], *arguments: Any) -> None:
        """Does something until it succeeds, or nothing more is to be done."""
        while not self._stop.is_set() and not self.attempt(work, *arguments):
            pass

    def tell(self, error: Exception) -> None:
        """Reports a failure."""
        if self._report is None:
            _log.error("the engine could not go on for now", exc_info=error)
        else:
            self._report(error)
