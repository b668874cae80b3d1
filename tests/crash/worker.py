"""The process that is killed: the engine with a wire server, and tasks whose effects are recorded.

    python -m tests.crash.worker URL PORT LEASE_SECONDS

imports everything once and then forks a worker for each line of its input, so that hundreds of
starts cost milliseconds each. A line is ``{"point": …, "hit": …, "pause": …}``: where the worker
kills or stops itself.
The socket is the parent's: calls that come while no worker lives wait for the next one.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from psycopg_pool import ConnectionPool

from asl.adapters.postgres_journal import PostgresJournal
from asl.adapters.postgres_leases import Lease, PostgresLeases
from asl.adapters.postgres_machines import PostgresMachines
from asl.adapters.postgres_pool import open_pool
from asl.api import StepFunctions
from asl.cli import SystemClock
from asl.commands import Dispatch
from asl.engine import Engine
from asl.errors import ApiError, UnavailableError
from asl.execution import Execution, Parent
from asl.memory import MemoryLog
from asl.payload import Payload
from asl.ports import Accepted, Announcement, Commit, Succeeded, TaskError, TaskOutcome
from asl.server import Server, listen
from tests.crash.machines import FunctionError, function
from tests.support.server import until

CONNECTIONS = 12
POINTS = ("loaded", "decided", "committed", "called", "effected", "announcing", "announced")
POINTS += ("reading", "started", "telling")
SCHEMA = """
    CREATE SCHEMA crash;
    CREATE TABLE crash.effects (key text PRIMARY KEY, arn text, result text, error text);
    CREATE TABLE crash.calls (key text, durable boolean);
    CREATE TABLE crash.tokens (key text PRIMARY KEY, token text, n int);
    CREATE TABLE crash.announced (arn text, status text, began boolean);
    CREATE TABLE crash.fenced (lease int, token int);
"""


class KillPoints:
    """Ends or stops the process, as a signal does, when it comes to a place for the nth time."""

    def __init__(self, point: str | None, hit: int, death: signal.Signals = signal.SIGKILL):
        self._point = point
        self._death = death
        self._left = hit
        self.armed = death is signal.SIGKILL
        """Whether it acts yet: who is to be stopped must first have said that it is ready."""
        self._lock = threading.Lock()

    def at(self, point: str) -> None:
        """The process has come to this place."""
        if self.armed and point == self._point:
            with self._lock:
                self._left -= 1
                if self._left == 0:
                    os.kill(os.getpid(), self._death)
                    if self._death is signal.SIGKILL:
                        signal.pause()


class PointedJournal:
    """A journal in which the process may die before and after each commit and each reading."""

    def __init__(self, journal: PostgresJournal, points: KillPoints):
        self._journal = journal
        self._points = points
        self.map_runs = PointedRuns(journal.map_runs, points)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._journal, name)

    def append(self, prepare: Callable[[], Commit]) -> Announcement | None:
        def decide() -> Commit:
            commit = prepare()
            self._points.at("decided")
            return commit

        announcement = self._journal.append(decide)
        self._points.at("committed")
        return announcement

    def append_all(self, commits: Iterable[Commit]) -> list[Announcement | Exception | None]:
        def decide() -> Iterator[Commit]:
            for commit in commits:
                self._points.at("decided")
                yield commit

        results = self._journal.append_all(decide())
        for _ in results:
            self._points.at("committed")
        return results

    def load(self, arn: str) -> Execution | None:
        found = self._journal.load(arn)
        self._points.at("loaded")
        return found


class PointedRuns:
    """Map runs, where the process may die around each decision."""

    def __init__(self, store: Any, points: KillPoints):
        self._store = store
        self._points = points

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def advance(self, *decision: Any) -> None:
        self._points.at("reading")
        self._store.advance(*decision)
        self._points.at("started")

    def tell(self, *told: Any) -> None:
        self._points.at("telling")
        self._store.tell(*told)


class Effects:
    """The tasks. Each call is recorded, and its effect once by its idempotency key."""

    def __init__(self, pool: ConnectionPool[Any], journal: PointedJournal, points: KillPoints):
        self._pool = pool
        self._journal = journal
        self._points = points
        self.states: StepFunctions | None = None

    def __call__(self, dispatch: Dispatch) -> TaskOutcome:
        self._points.at("called")
        outcome: TaskOutcome = until(lambda: self._attempt(dispatch), f"the effect of {dispatch}")
        self._points.at("effected")
        return outcome

    def _attempt(self, dispatch: Dispatch) -> TaskOutcome | None:
        """Calls the function; None while its own database is away."""
        try:
            execution = self._journal.load(dispatch.execution_arn)
            durable = execution is not None and execution.seq >= dispatch.id
            called = (dispatch.key, durable)
            with self._pool.connection() as connection:
                connection.execute("INSERT INTO crash.calls VALUES (%s, %s)", called)
            return self._perform(dispatch)
        except UnavailableError:
            return None

    def _perform(self, dispatch: Dispatch) -> TaskOutcome:
        if dispatch.resource.service == "states":
            return self._start(dispatch)
        if dispatch.resource.pattern == "token":
            return self._ask(dispatch)
        name = dispatch.resource.arn.rsplit(":", 1)[1]
        result, error = None, None
        try:
            attempt = int(dispatch.key.rsplit("#", 1)[1])
            result = json.dumps(function(name, dispatch.parameters.value, attempt))
        except FunctionError as failure:
            error = str(failure)
        result, error = self._once(dispatch, result, error)
        return Succeeded(Payload.parse(result)) if error is None else TaskError(error, None)

    def _once(self, dispatch: Dispatch, result: str | None, error: str | None) -> Any:
        """Records the effect; of a repeated call, gives back what the first one did."""
        with self._pool.connection() as connection:
            connection.execute(
                "INSERT INTO crash.effects VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
                (dispatch.key, dispatch.execution_arn, result, error),
            )
            return connection.execute(
                "SELECT result, error FROM crash.effects WHERE key = %s", (dispatch.key,)
            ).fetchone()

    def _ask(self, dispatch: Dispatch) -> TaskOutcome:
        payload = dispatch.parameters.value.get("Payload")
        if payload is not None:
            with self._pool.connection() as connection:
                connection.execute(
                    "INSERT INTO crash.tokens VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                    (dispatch.key, payload["token"], payload["n"]),
                )
        return Accepted(Payload({}))

    def _start(self, dispatch: Dispatch) -> TaskOutcome:
        assert self.states is not None
        asked = dispatch.parameters.value
        parent = Parent(dispatch.execution_arn, dispatch.path, dispatch.id, "sync2")
        name = str(uuid.uuid5(uuid.NAMESPACE_URL, dispatch.key))
        try:
            self.states.start_execution(
                asked["StateMachineArn"], name, json.dumps(asked["Input"]), parent=parent
            )
        except ApiError as error:
            if error.code != "ExecutionAlreadyExists":
                raise
        return Accepted(Payload({}))


class Announcements:
    """Where status changes go: a table."""

    def __init__(self, pool: ConnectionPool[Any], points: KillPoints):
        self._pool = pool
        self._points = points

    def __call__(self, announcements: Sequence[Announcement]) -> None:
        self._points.at("announcing")
        rows = [(a.execution.arn, a.execution.status.value, a.began) for a in announcements]
        with self._pool.connection() as connection, connection.cursor() as cursor:
            cursor.executemany("INSERT INTO crash.announced VALUES (%s, %s, %s)", rows)
        self._points.at("announced")


def _note_fencing(pool: ConnectionPool[Any], leases: PostgresLeases) -> None:
    """Has each write recorded that was left out because another process has the lease."""
    check = leases.check

    def noting(lease: Lease) -> bool:
        held = check(lease)
        if not held:
            with pool.connection() as connection:
                row = (lease.id, lease.token)
                connection.execute("INSERT INTO crash.fenced VALUES (%s, %s)", row)
        return held

    leases.check = noting  # type: ignore[method-assign]


def work(
    url: str, listener: Any, points: KillPoints, lease_seconds: float, say: Callable[[str], None]
) -> None:
    """Serves until SIGTERM, or until it is killed."""
    pool = open_pool(url, CONNECTIONS)
    machines = PostgresMachines(pool)
    durable = PostgresJournal(pool, machines, lease_seconds=lease_seconds)
    _note_fencing(pool, durable._leases)
    journal = PointedJournal(durable, points)
    clock, effects = SystemClock(), Effects(pool, journal, points)
    engine = Engine(
        journal, machines, effects, Announcements(pool, points), clock, MemoryLog(),
        workers=16, poll_seconds=0.5,
    )  # fmt: skip
    effects.states = engine.api
    engine.open()
    server = Server(engine.api, listener)
    say("ready")
    points.armed = True
    server.run()
    engine.close()
    durable.close()
    pool.close()


def main(url: str, port: int, lease_seconds: float) -> None:
    listener = listen("127.0.0.1", port)
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            death = signal.SIGSTOP if order["pause"] else signal.SIGKILL
            points = KillPoints(order["point"], order["hit"], death)
            work(url, listener, points, lease_seconds, _say)
            os._exit(0)
        _say(f"born {pid}")
        _, status = os.waitpid(pid, 0)
        _say(f"ended {os.waitstatus_to_exitcode(status)}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
