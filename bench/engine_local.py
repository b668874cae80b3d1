"""Ours in the engine's bench: embedded in this process, in memory or in PostgreSQL."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import engine_cases
import orjson
from engine_cases import Case
from engine_load import in_threads

from asl.cli import SystemClock
from asl.commands import Dispatch
from asl.engine import Engine
from asl.execution import Status
from asl.memory import MemoryJournal, MemoryLog, MemoryMachines
from asl.payload import Payload
from asl.ports import Announcement, Succeeded
from localcloud.database import EmbeddedDatabase, open_pool

CONNECTIONS = 24
PATIENCE_SECONDS = 600


class Ends:
    """Hears of every end. An :class:`asl.ports.Announcer`."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._ended = 0
        self._failed: str | None = None

    def __call__(self, announcements: Sequence[Announcement]) -> None:
        """Counts the ends in a batch."""
        ended = [a.execution for a in announcements if a.execution.status is not Status.RUNNING]
        failed = [e for e in ended if e.status is not Status.SUCCEEDED]
        with self._changed:
            self._ended += len(ended)
            if failed:
                self._failed = f"{failed[0].arn}: {failed[0].failure}"
            self._changed.notify_all()

    @property
    def count(self) -> int:
        """How many have ended so far."""
        return self._ended

    def wait_for(self, count: int, seconds: float = PATIENCE_SECONDS) -> None:
        """Returns once that many have ended; gives up after so many seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._ended >= count, seconds):
                raise RuntimeError(f"{count - self._ended} executions have not ended")
        if self._failed:
            raise RuntimeError(self._failed)


def call_function(dispatch: Dispatch) -> Succeeded:
    """A Lambda function in this process: JSON text in, JSON text out."""
    answer = engine_cases.function(orjson.loads(dispatch.parameters.text))
    return Succeeded(Payload.parse(orjson.dumps(answer)))


def _call(dispatch: Dispatch) -> Succeeded:
    return call_function(dispatch)  # looked up at each call, so that a profile can wrap it


class Local:
    """The engine in this process. A :class:`engine_load.System`."""

    def __init__(self, name: str, journal: Any, machines: Any, objects: Any = None):
        self.name = name
        self.journal = journal
        self.ends = Ends()
        self.engine = Engine(
            journal, machines, _call, self.ends, SystemClock(), MemoryLog(), objects=objects
        )
        self.states = self.engine.api
        self._loads = 0

    def machine(self, case: Case) -> str:
        """The machine's ARN."""
        made = self.states.create_state_machine(case.name, case.text, engine_cases.ROLE)
        return str(made["stateMachineArn"])

    def load(self, case: Case, clients: int, count: int) -> tuple[float, list[float]]:
        """See :class:`engine_load.System`."""
        machine = self.machine(case)
        self._loads += 1
        prefix, before = f"{self._loads}-{clients}", self.ends.count

        def start(number: int) -> None:
            self.states.start_execution(machine, f"{prefix}-{number}", engine_cases.INPUT)

        began = time.perf_counter()
        starts = in_threads(clients, count, start)
        self.ends.wait_for(before + count)
        return time.perf_counter() - began, starts


@contextmanager
def database() -> Iterator[tuple[str, Path]]:
    """A PostgreSQL with the local cloud's settings; gives its URL and folder."""
    root = Path(tempfile.mkdtemp(prefix="statewright-bench-"))
    root.chmod(0o755)  # PostgreSQL does not run as root
    embedded = EmbeddedDatabase(root / "postgres")
    try:
        yield embedded.start(), root / "postgres"
    finally:
        embedded.stop()
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def in_memory() -> Iterator[Local]:
    """Ours without durability."""
    local = Local("statewright, in memory", MemoryJournal(), MemoryMachines())
    local.engine.open()
    try:
        yield local
    finally:
        local.engine.close()


@contextmanager
def durable(url: str, objects: Any = None) -> Iterator[Local]:
    """Ours in PostgreSQL; ``objects`` is where Distributed Maps read and write."""
    from asl.adapters.postgres_journal import PostgresJournal, create_schema
    from asl.adapters.postgres_machines import PostgresMachines

    with ExitStack() as closing:
        pool = open_pool(url, CONNECTIONS)
        closing.callback(pool.close)
        create_schema(pool)
        machines = PostgresMachines(pool)
        journal = PostgresJournal(pool, machines)
        closing.callback(journal.close)
        local = Local("statewright, durable", journal, machines, objects)
        local.engine.open()
        closing.callback(local.engine.close)
        yield local
