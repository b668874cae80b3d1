"""Where our time goes: CPU per execution by phase, beside what PostgreSQL itself used.

Each phase is a set of functions that are wrapped while a load runs. A wrapper adds up its thread's
CPU time, less that of phases called inside it, so waiting (for locks, for the disk) does not count
and nothing counts twice.
"""

from __future__ import annotations

import importlib
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

from engine_cases import Case
from engine_load import Row, System, measure

PHASES = {
    "api": ["asl.api.executions:ExecutionOperations.start_execution"],
    "parse": ["asl.api.executions:execution_input", "asl.definitions:load_definition"],
    "machine look-up": [
        "asl.adapters.postgres_machines:PostgresMachines.get",
        "asl.memory:MemoryMachines.get",
    ],
    "step": ["asl.runner:step"],
    "serialise": ["asl.codec:dump_entries", "asl.codec:dump_root"],
    "SQL, client side": ["psycopg:Cursor.execute", "psycopg:Cursor.fetchall"],
    "connection pool": [
        "psycopg_pool:ConnectionPool.getconn",
        "psycopg_pool:ConnectionPool.putconn",
    ],
    "journal": [
        "asl.adapters.postgres_writer:PostgresWriter._execute",
        "asl.adapters.postgres_journal:PostgresJournal.load",
        "asl.memory:MemoryJournal.append",
        "asl.memory:MemoryJournal.load",
    ],
    "dispatch (the functions)": ["engine_local:call_function"],
    "runner": ["asl.runner:Runner.start", "asl.runner:Runner._move", "asl.tasks:TaskThreads._run"],
    "announce": ["asl.runner:Runner.announce"],
}
"""Phase → functions, as ``module:name``. One that no longer exists is named in the result."""


class _Meter:
    """CPU seconds and calls by phase, over all threads."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.calls: dict[str, int] = defaultdict(int)
        self._local = threading.local()
        self._lock = threading.Lock()

    def wrap(self, phase: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function with its CPU time added up."""

        @wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:
            inner = self._inner()
            inner.append(0.0)
            began = time.thread_time()
            try:
                return function(*arguments, **named)
            finally:
                took = time.thread_time() - began
                below = inner.pop()
                if inner:
                    inner[-1] += took
                with self._lock:
                    self.seconds[phase] += took - below
                    self.calls[phase] += 1

        return timed

    def _inner(self) -> list[float]:
        """For each phase that this thread is in: the CPU seconds of the phases inside it."""
        if not hasattr(self._local, "inner"):
            self._local.inner = []
        found: list[float] = self._local.inner
        return found


@contextmanager
def _metered(meter: _Meter) -> Iterator[list[str]]:
    """Wraps every phase's functions for a while; gives the names that were not found."""
    undo, missing = [], []
    for phase, names in PHASES.items():
        for name in names:
            module, _, path = name.partition(":")
            try:
                *owners, last = path.split(".")
                owner: Any = importlib.import_module(module)
                for part in owners:
                    owner = getattr(owner, part)
                original = getattr(owner, last)
            except (ImportError, AttributeError):
                missing.append(name)
                continue
            undo.append((owner, last, owner.__dict__.get(last)))
            setattr(owner, last, meter.wrap(phase, original))
    try:
        yield missing
    finally:
        for owner, last, original in reversed(undo):
            if original is None:
                delattr(owner, last)
            else:
                setattr(owner, last, original)


def profiled(
    system: System, case: Case, clients: int, seconds: float, folder: Path
) -> tuple[Row, dict[str, Any]]:
    """A measurement, and where the time of its executions went, in microseconds each."""
    measure(system, case, clients, seconds / 4)  # warm: parsed machines, cached plans
    meter, before = _Meter(), _cpu(folder)
    counted = _Counted(system)
    began = time.perf_counter()
    with _metered(meter) as missing:
        row = measure(counted, case, clients, seconds)
    wall = time.perf_counter() - began
    engine, postgres = (now - then for now, then in zip(_cpu(folder), before, strict=True))
    each = 1e6 / counted.executions
    phases = {phase: s * each for phase, s in sorted(meter.seconds.items(), key=lambda i: -i[1])}
    phases["the rest (clients, threads)"] = engine * each - sum(phases.values())
    return row, {
        "system": system.name,
        "case": case.name,
        "clients": clients,
        "executions": counted.executions,
        "wall_us": wall * each,
        "engine_cpu_us": engine * each,
        "postgres_cpu_us": postgres * each,
        "phases_us": phases,
        "calls_each": {p: meter.calls[p] / counted.executions for p in meter.calls},
        "not_found": missing,
    }


class _Counted:
    """A system that knows how many executions it ran."""

    def __init__(self, system: System):
        self._system = system
        self.name = system.name
        self.executions = 0

    def load(self, case: Case, clients: int, count: int) -> tuple[float, list[float]]:
        """See :class:`engine_load.System`."""
        self.executions += count
        return self._system.load(case, clients, count)


def _cpu(folder: Path) -> tuple[float, float]:
    """CPU seconds so far: of this process, and of the PostgreSQL in ``folder``."""
    postmaster = int((folder / "postmaster.pid").read_text().splitlines()[0])
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == postmaster:
            ticks += int(fields[11]) + int(fields[12])
        elif stat.parent.name == str(postmaster):  # and those of its children that have ended
            ticks += sum(map(int, fields[11:15]))
    return time.process_time(), ticks / os.sysconf("SC_CLK_TCK")


def table(profile: dict[str, Any]) -> str:
    """The profile for people."""
    lines = [
        f"  per execution, over {profile['executions']}: {profile['wall_us']:.0f} µs of wall time; CPU: "
        f"{profile['engine_cpu_us']:.0f} µs engine and clients, {profile['postgres_cpu_us']:.0f} µs PostgreSQL"
    ]
    for phase, spent in profile["phases_us"].items():
        share = spent / profile["engine_cpu_us"] * 100
        calls = profile["calls_each"].get(phase)
        times = f"   {calls:6.2f} calls" if calls is not None else ""
        lines.append(f"    {phase:<36} {spent:8.1f} µs {share:5.1f} %{times}")
    if profile["not_found"]:
        lines.append(f"    no longer there, so not measured: {', '.join(profile['not_found'])}")
    return "\n".join(lines)
