"""Executions of which nobody knows whether their last step was committed.

A journal that goes away during a commit leaves that open. If the step was committed, then its
dispatches have not been performed, its announcement has not been passed on, and its moment may be
earlier than the one that the timers wait for. So each such execution is read again once the journal
is back, as a restart would, and whatever it waits for is asked for again, with the same keys.
"""

from __future__ import annotations

import threading

from asl.recovery import Recovery

EVERY_OFFER = "offers"
"""Stands for all executions that wait for a worker to take an activity's task."""
EVERY_TASK = "tasks"
"""Stands for all executions with tasks in flight."""


class Doubts:
    """The executions in doubt, by their ARNs. Thread-safe."""

    def __init__(self, recovery: Recovery):
        self._recovery = recovery
        self._lock = threading.Lock()
        self._arns: set[str] = set()

    def add(self, arn: str) -> None:
        """What became of this execution is not known."""
        with self._lock:
            self._arns.add(arn)

    def remove(self, arn: str) -> None:
        """The execution has been committed since: it is where this process thinks it is."""
        if self._arns:
            with self._lock:
                self._arns.discard(arn)

    def settle(self) -> bool:
        """Clears up every doubt; says whether there was one."""
        doubtful = list(self._arns)
        for arn in doubtful:
            self.remove(arn)
            try:
                self._clear_up(arn)
            except Exception:
                self.add(arn)
                raise
        return bool(doubtful)

    def _clear_up(self, arn: str) -> None:
        match arn:
            case "offers":
                self._recovery.offers()
            case "tasks":
                self._recovery.everything(None)
            case _:
                self._recovery.execution(arn)
