"""The threads that drive Map runs: one call at a time for each run, again where asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from asl.map_runs.drive import MapRunDriver
from asl.map_runs.ports import MapRunStore

THREADS = 4


class MapRunThreads:
    """Wakes the driver for a run whenever something has happened to it.

    Args:
        tell: reports a failure; the run is tried again.
        retry_seconds: how long after a failure.
    """

    def __init__(
        self,
        driver: MapRunDriver,
        store: MapRunStore,
        tell: Callable[[Exception], None],
        retry_seconds: float,
    ):
        self._driver = driver
        self._store = store
        self._tell = tell
        self._retry_seconds = retry_seconds
        self._pool = ThreadPoolExecutor(THREADS, "asl-map-run")
        self._lock = threading.Lock()
        self._asked: dict[str, bool] = {}
        """Runs that a thread drives or will drive; True: it is to do so once more."""
        self._closing = threading.Event()

    def take_over(self, leases: Sequence[int]) -> None:
        """Goes on with the runs of whoever held these leases before."""
        for arn in self._store.unfinished(leases):
            self.wake(arn)

    def close(self) -> None:
        """Lets what is under way come to its next commit."""
        self._closing.set()
        self._pool.shutdown(cancel_futures=True)

    def wake(self, arn: str) -> None:
        """Has a run driven, soon and at least once after this call."""
        with self._lock:
            if self._closing.is_set():
                return
            if arn in self._asked:
                self._asked[arn] = True
                return
            self._asked[arn] = False
            self._pool.submit(self._work, arn)

    def _work(self, arn: str) -> None:
        while not self._closing.is_set():
            try:
                self._driver.drive(arn)
            except Exception as error:
                self._tell(error)
                self._closing.wait(self._retry_seconds)
                continue
            with self._lock:
                if not self._asked[arn]:
                    del self._asked[arn]
                    return
                self._asked[arn] = False
