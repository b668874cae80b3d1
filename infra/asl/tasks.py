"""The threads that call tasks and take their outcomes to the executions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asl.commands import Dispatch
from asl.events import Event, TaskEvent
from asl.guard import RETRY_SECONDS, Guard
from asl.outcomes import event_of
from asl.ports import Clock, TaskDispatcher
from asl.registry import ActivityTask

MANY = 2_000
"""How many tasks may wait for a thread before time is asked to bring fewer."""


class TaskThreads:
    """Calls each dispatched task in a thread of its own.

    Args:
        record: makes a task's outcome durable; gives the tasks that follow from it.
        offer: puts an activity's task where workers find it.
        threads: how many tasks are called at once at the most.
    """

    def __init__(
        self,
        dispatcher: TaskDispatcher,
        record: Callable[[str, Event], list[Dispatch]],
        offer: Callable[[ActivityTask], None],
        clock: Clock,
        guard: Guard,
        stop: threading.Event,
        threads: int,
    ):
        self._dispatcher = dispatcher
        self._record = record
        self._offer = offer
        self._clock = clock
        self._guard = guard
        self._stop = stop
        self._pool = ThreadPoolExecutor(threads, "asl-task")
        self._lock = threading.Lock()
        self._waiting = 0

    def close(self) -> None:
        """Lets calls under way come to their ends; others are another process's work."""
        self._pool.shutdown(cancel_futures=True)

    def submit(self, dispatch: Dispatch) -> None:
        """Has a task called."""
        if not self._stop.is_set():
            with self._lock:
                self._waiting += 1
            self._pool.submit(self._guard.attempt, self._begin, dispatch)

    @property
    def behind(self) -> bool:
        """Whether many tasks wait for a thread; each is in memory with its parameters."""
        return self._waiting > MANY

    def insist(self, work: Callable[..., Any], *arguments: Any) -> None:
        """Has other work done beside, until it succeeds."""
        self._pool.submit(self._guard.insist, work, *arguments)

    def attempt(self, dispatch: Dispatch, seconds: float) -> TaskEvent | None:
        """Calls a task that belongs to no execution; None if that takes longer than ``seconds``."""
        try:
            return self._pool.submit(self._call, dispatch).result(seconds)
        except TimeoutError:
            return None

    def _begin(self, dispatch: Dispatch) -> None:
        with self._lock:
            self._waiting -= 1
        self._run(dispatch)

    def _run(self, dispatch: Dispatch) -> None:
        """Calls a task and delivers its outcome; goes on with the next task in the same thread."""
        if dispatch.resource.pattern == "activity":
            # In flight until a worker takes it: after a crash it is offered again.
            text = dispatch.parameters.text.decode()
            task = ActivityTask(dispatch.resource.arn, dispatch.token, text)
            self._guard.insist(self._offer, task)
            return
        current: Dispatch | None = dispatch
        while current is not None and not self._stop.is_set():
            following = self._settle(current.execution_arn, self._call(current))
            current = following.pop(0) if following else None
            if current is not None and current.resource.pattern == "activity":
                following.append(current)
                current = None
            for other in following:
                self.submit(other)

    def _settle(self, arn: str, event: Event) -> list[Dispatch]:
        """Records a task's outcome, however long the journal is away: the effect has happened."""
        while not self._stop.is_set():
            try:
                return self._record(arn, event)
            except Exception as error:
                self._guard.tell(error)
                self._stop.wait(RETRY_SECONDS)
        return []

    def _call(self, dispatch: Dispatch) -> TaskEvent:
        outcome = self._dispatcher(dispatch)
        return event_of(outcome, dispatch, self._clock.now())
