"""How every system is loaded: clients start executions, the clock stops when the last has ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import harness
from engine_cases import Case

CALIBRATION_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement. ``per_s``: executions that began and ended, per second."""

    system: str
    case: str
    clients: int
    executions: int
    per_s: float
    start_p50_ms: float
    start_p99_ms: float

    def as_json(self) -> dict[str, Any]:
        """The row as a JSON object."""
        return asdict(self)


class System(Protocol):
    """A running engine, ours or a peer's."""

    name: str

    def load(self, case: Case, clients: int, count: int) -> tuple[float, list[float]]:
        """Runs ``count`` executions; returns the seconds until the last has ended, and how long
        each start took."""
        ...


def measure(system: System, case: Case, clients: int, seconds: float) -> Row:
    """Finds how many executions take about ``seconds``, then runs that many."""
    count = max(2, clients)
    while True:
        took, _ = system.load(case, clients, count)
        if took >= CALIBRATION_SECONDS:
            break
        count *= 4
    count = max(clients, int(count / took * seconds))
    took, starts = system.load(case, clients, count)
    return Row(
        system.name,
        case.name,
        clients,
        count,
        round(count / took, 1),
        round(harness.percentile(starts, 0.50) * 1000, 2),
        round(harness.percentile(starts, 0.99) * 1000, 2),
    )


def in_threads(clients: int, count: int, call: Callable[[int], Any]) -> list[float]:
    """Calls ``call`` with each number below ``count`` from ``clients`` threads.

    Returns:
        How many seconds each call took.
    """
    numbers, took = iter(range(count)), []
    failures: list[Exception] = []
    lock = threading.Lock()

    def client() -> None:
        while not failures:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            began = time.perf_counter()
            try:
                call(number)
            except Exception as error:
                failures.append(error)
                return
            took.append(time.perf_counter() - began)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return took
