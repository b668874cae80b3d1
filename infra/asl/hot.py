"""Running executions whose next event is near, kept to save loading them between two tasks."""

from __future__ import annotations

import threading
from collections import OrderedDict

from asl.execution import Execution, Status, in_flight

HOT = 10_000
"""How many are kept."""


class HotExecutions:
    """The executions that were committed last, by their ARNs. Thread-safe."""

    def __init__(self) -> None:
        self._executions: OrderedDict[str, Execution] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, arn: str) -> Execution | None:
        """Takes an execution out, to be kept again once it has moved."""
        with self._lock:
            return self._executions.pop(arn, None)

    def keep(self, execution: Execution) -> None:
        """Remembers an execution if its next event is near: one with a task under way."""
        if execution.status is not Status.RUNNING or not in_flight(execution):
            return
        with self._lock:
            self._executions[execution.arn] = execution
            if len(self._executions) > HOT:
                self._executions.popitem(last=False)
