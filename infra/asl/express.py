"""Express executions: in memory, five minutes at the most, gone when they have ended.

They walk through the same states in the same way as the others, by a :class:`asl.runner.Runner` of
their own, whose journal remembers nothing but what runs now. A crash loses them, as AWS allows: a
synchronous execution runs at most once, and whoever started an asynchronous one starts it again.
https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace

from asl.errors import ApiError
from asl.execution import Execution, Status
from asl.memory import MemoryJournal
from asl.payload import Payload
from asl.ports import Announcement, Clock, Commit, TaskDispatcher
from asl.registry import MachineRecord, Machines
from asl.runner import Runner
from asl.turn import Entry

WORKERS = 512
"""Threads for tasks at the most. Many, since a task may itself wait for an Express execution."""


class ExpressJournal(MemoryJournal):
    """A :class:`asl.ports.Journal` of the executions that run, without their histories.

    Args:
        ended: is told of each execution that has ended.
    """

    def __init__(self, ended: Callable[[Execution], None]) -> None:
        super().__init__()
        self._ended = ended

    def append(self, prepare: Callable[[], Commit]) -> Announcement | None:
        """See :class:`asl.ports.Journal`. Nothing is announced: AWS sends no events for these."""
        commit = replace(prepare(), entries=[])
        announcement = super().append(lambda: commit)
        if announcement is not None:
            self.clear([announcement])
        if commit.execution.status is not Status.RUNNING:
            self.forget(commit.execution.arn)
            self._ended(commit.execution)
        return None


class Express:
    """Runs Express executions."""

    def __init__(
        self,
        machines: Machines,
        dispatcher: TaskDispatcher,
        clock: Clock,
        log: Callable[[Execution, list[Entry]], None],
        *,
        report: Callable[[Exception], None] | None = None,
    ):
        self.journal = ExpressJournal(self._ended)
        self.runner = Runner(
            self.journal,
            machines,
            dispatcher,
            _to_nobody,
            clock,
            workers=WORKERS,
            report=report,
            log=log,
        )
        self._lock = threading.Lock()
        self._awaited: dict[str, Future[Execution]] = {}
        self._closed = False

    def open(self) -> None:
        """Lets time pass."""
        self.runner.open()

    def close(self) -> None:
        """Takes no more executions, and tells those who wait for one."""
        with self._lock:
            self._closed = True
            for future in self._awaited.values():
                if not future.done():
                    future.set_exception(_stopping())
        self.runner.close()

    def start(
        self,
        record: MachineRecord,
        arn: str,
        execution_input: Payload,
        alias: str | None = None,
        trace_header: str | None = None,
    ) -> Execution:
        """Starts an execution and returns as soon as it waits for something, or has ended."""
        return self.runner.start(record, arn, execution_input, None, alias, trace_header)

    def run(
        self,
        record: MachineRecord,
        arn: str,
        execution_input: Payload,
        alias: str | None = None,
        trace_header: str | None = None,
    ) -> Execution:
        """Runs an execution to its end.

        Raises:
            ApiError: the engine is being stopped.
        """
        with self._lock:
            if self._closed:
                raise _stopping()
            future = self._awaited[arn] = Future()
        try:
            self.start(record, arn, execution_input, alias, trace_header)
            return future.result()
        finally:
            with self._lock:
                del self._awaited[arn]

    def _ended(self, execution: Execution) -> None:
        with self._lock:
            future = self._awaited.get(execution.arn)
            if future is not None and not future.done():
                future.set_result(execution)


def _stopping() -> ApiError:
    return ApiError("ServiceUnavailable", "The engine is being stopped")


def _to_nobody(announcements: Sequence[Announcement]) -> None:
    """There is nothing to announce."""
