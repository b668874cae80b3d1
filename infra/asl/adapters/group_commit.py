"""Group commit: one writer makes the steps of many executions durable in one transaction.

A commit costs an fsync however many rows it has. Callers wait for the transaction that holds their
row; while one is being written the next gathers. The busier, the larger the groups.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

from asl.errors import UnavailableError

Item = TypeVar("Item")
Result = TypeVar("Result")


class _Waiting(Generic[Item, Result]):
    """A caller that waits for its item. A bare lock wakes it: a tenth of a future's cost."""

    __slots__ = ("_done", "_error", "_result", "prepare")

    def __init__(self, prepare: Callable[[], Item]):
        self.prepare = prepare
        self._result: Any = None
        self._error: Exception | None = None
        self._done = threading.Lock()
        self._done.acquire()

    def settle(self, result: Result | None, error: Exception | None = None) -> None:
        self._result, self._error = result, error
        self._done.release()

    def wait(self) -> Result:
        self.outcome()
        if self._error is not None:
            raise self._error
        found: Result = self._result
        return found

    def outcome(self) -> Result | Exception:
        self._done.acquire()
        settled: Result | Exception = self._result if self._error is None else self._error
        return settled


class GroupCommitter(Generic[Item, Result]):
    """Gathers items from any thread and writes them in groups from one.

    Args:
        write: makes a group durable and returns one result, or exception, for each item. If it
            raises, each item of the group is written by itself, so that one cannot harm another.
        most: the largest group.

    An item is submitted as a function that makes it. It runs in the writer's thread just before the
    write: work done there for a whole group is done with warm caches and without changing threads.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Item]], Sequence[Result | Exception]],
        most: int,
        name: str,
    ):
        self._write = write
        self._most = most
        self._pending: list[_Waiting[Item, Result]] = []
        self._ready = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._loop, name=name, daemon=True)
        self._thread.start()

    def submit(self, prepare: Callable[[], Item]) -> Result:
        """Returns once the item is durable; raises what made it impossible."""
        return self._add(prepare).wait()

    def submit_all(self, items: Iterable[Item]) -> list[Result | Exception]:
        """Submits each as soon as it is made; returns once all are durable, or are known not to be.

        Returns:
            For each what :meth:`submit` would have returned or raised.
        """
        return [each.outcome() for each in [self._add(partial(_same, item)) for item in items]]

    def _add(self, prepare: Callable[[], Item]) -> _Waiting[Item, Result]:
        waiting: _Waiting[Item, Result] = _Waiting(prepare)
        with self._ready:
            if self._closed:
                raise RuntimeError("the writer is closed")
            self._pending.append(waiting)
            self._ready.notify()
        return waiting

    def close(self) -> None:
        """Writes what is pending and ends the thread."""
        with self._ready:
            self._closed = True
            self._ready.notify()
        self._thread.join()

    def _loop(self) -> None:
        while True:
            with self._ready:
                while not self._pending and not self._closed:
                    self._ready.wait()
                group, self._pending = self._pending[: self._most], self._pending[self._most :]
            if not group:
                return
            self._write_group(group)

    def _write_group(self, group: list[_Waiting[Item, Result]]) -> None:
        ready: list[tuple[Item, _Waiting[Item, Result]]] = []
        for waiting in group:
            try:
                ready.append((waiting.prepare(), waiting))
            except Exception as error:
                waiting.settle(None, error)
        if ready:
            self._write_ready(ready)

    def _write_ready(self, ready: list[tuple[Item, _Waiting[Item, Result]]]) -> None:
        try:
            results = self._write([item for item, _ in ready])
        except Exception as error:
            # Where it is unknown whether the group was written, it must not be written again.
            if len(ready) == 1 or isinstance(error, UnavailableError):
                for _, waiting in ready:
                    waiting.settle(None, error)
                return
            for one in ready:
                self._write_ready([one])
            return
        for (_, waiting), result in zip(ready, results, strict=True):
            if isinstance(result, Exception):
                waiting.settle(None, result)
            else:
                waiting.settle(result)


def _same(item: Item) -> Item:
    return item
