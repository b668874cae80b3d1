"""Kills the engine again and again while it is under load, lets it come to rest, and checks."""

from __future__ import annotations

import json
import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

from asl.adapters.postgres_journal import create_schema
from asl.adapters.postgres_machines import PostgresMachines
from asl.cli import SystemClock
from asl.engine import Engine
from asl.memory import MemoryJournal, MemoryLog
from tests.crash import checks
from tests.crash.load import Load
from tests.crash.machines import KINDS, ROLE, text
from tests.crash.postgres import STOPS, RestartablePostgres
from tests.crash.worker import POINTS, SCHEMA
from tests.support.server import ROOT, free_port, until

REST_SECONDS = 90.0
BIRTH_SECONDS = 60.0
FALLBACK_SECONDS = 1.5
"""When a worker is killed that does not come to the place where it should have killed itself."""


@dataclass(frozen=True, slots=True)
class Kill:
    """One death: at a place, or some seconds after the birth or after being ready."""

    point: str | None
    hit: int
    seconds: float
    since_birth: bool = False

    @property
    def name(self) -> str:
        if self.point:
            return self.point
        return "while starting" if self.since_birth else "at a moment"


def plan(seed: int, kills: int) -> list[Kill]:
    """The deaths of a run: the same seed, the same deaths."""
    chance = random.Random(seed)
    return [_kill(chance) for _ in range(kills)]


def _kill(chance: random.Random) -> Kill:
    draw = chance.random()
    if draw < 0.1:
        return Kill(None, 0, chance.uniform(0, 0.12), since_birth=True)
    if draw < 0.45:
        return Kill(None, 0, chance.uniform(0, 0.4))
    return Kill(chance.choice(POINTS), int(chance.paretovariate(0.7)), FALLBACK_SECONDS)


class Nursery:
    """The process that forks workers, one at a time."""

    def __init__(self, url: str, port: int):
        self.port, self.pid = port, 0
        command = [sys.executable, "-m", "tests.crash.worker", url, str(port)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._said: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said.put(line.strip())
        self._said.put("gone")

    def bear(self, point: str | None = None, hit: int = 0) -> int:
        """Starts a worker and returns its process id."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"point": point, "hit": hit}) + "\n")
        self._process.stdin.flush()
        said = self._hear(BIRTH_SECONDS)
        assert said is not None, "the nursery does not answer"
        assert said.startswith("born "), said
        self.pid = int(said.split()[1])
        return self.pid

    def live(self) -> None:
        """Starts a worker that nothing kills."""
        self.bear()
        assert self.ready()

    def ready(self) -> bool:
        """Waits until the worker serves; False if it died before."""
        said = self._hear(BIRTH_SECONDS)
        assert said is not None, "the worker does not become ready"
        return said == "ready"

    def death(self, seconds: float) -> int | None:
        """The worker's exit code, or None if it lives on for that long."""
        deadline = time.monotonic() + seconds
        while (said := self._hear(deadline - time.monotonic())) is not None:
            if said.startswith("ended "):
                return int(said.split()[1])
        return None

    def _hear(self, seconds: float) -> str | None:
        try:
            return self._said.get(timeout=max(0.001, seconds))
        except queue.Empty:
            return None

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to."""

    seed: int
    kills: dict[str, int]
    seconds: float
    executions: int
    events: int
    tasks_called: int
    called_again: int
    effects: int
    tokens_answered: int
    calls_without_answer: int
    server_errors: dict[str, int]
    """What was answered with 5xx, how often."""
    longest_call: float
    """Seconds until an answer, or until it was clear that there would be none."""
    violations: list[str]

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def prepare(url: str) -> None:
    """Makes the engine's tables, the record of effects, and the machines."""
    with ConnectionPool(url, min_size=1, max_size=2, kwargs={"autocommit": True}) as pool:
        create_schema(pool)
        with pool.connection() as connection:
            connection.execute(SCHEMA.encode())
        engine = Engine(
            MemoryJournal(),
            PostgresMachines(pool),
            None,
            None,
            SystemClock(),
            MemoryLog(),  # type: ignore[arg-type]
        )
        for kind in KINDS:
            engine.api.create_state_machine(kind.name, text(kind), ROLE)
        engine.api.create_activity("work")
        engine.close()


def run(url: str, seed: int, kills: int) -> Result:
    """One process that dies again and again, in an empty database."""
    began = time.monotonic()
    prepare(url)
    nursery = Nursery(url, free_port())
    load = Load(url, [nursery.port], seed)
    load.begin()
    try:
        deaths = Counter(_die(nursery, kill) for kill in plan(seed, kills))
        nursery.live()
        _come_to_rest(url, load)
        load.end()
        _end_in_order(nursery, load)
    finally:
        nursery.close()
    return _result(url, seed, deaths, load, began)


def run_with_restarts(database: RestartablePostgres, url: str, seed: int, restarts: int) -> Result:
    """One process that lives on while PostgreSQL is stopped and started under it."""
    began = time.monotonic()
    prepare(url)
    nursery = Nursery(url, free_port())
    load = Load(url, [nursery.port], seed)
    nursery.live()
    load.begin()
    try:
        chance = random.Random(seed)
        stops = Counter(_restart(database, load, chance) for _ in range(restarts))
        _come_to_rest(url, load)
        load.end()
        _end_in_order(nursery, load)
    finally:
        nursery.close()
    return _result(url, seed, stops, load, began)


def _restart(database: RestartablePostgres, load: Load, chance: random.Random) -> str:
    """Lets some load pass, stops PostgreSQL one way or the other, and starts it after a while.

    The while is shorter or longer than the engine's patience: then a caller is told first.
    """
    time.sleep(chance.uniform(0.2, 1.0))
    how = chance.choice(list(STOPS))
    database.stop(how)
    if chance.random() < 0.5:
        time.sleep(chance.uniform(0, 1.5))
    else:
        load.meet_absence()
    database.start()
    return how


def _result(url: str, seed: int, deaths: Counter[str], load: Load, began: float) -> Result:
    found = checks.read(url)
    called = [key for key, _ in found.calls]
    return Result(
        seed=seed,
        kills=dict(sorted(deaths.items())),
        seconds=round(time.monotonic() - began, 1),
        executions=len(found.executions),
        events=sum(told.seq for told in found.executions.values()),
        tasks_called=len(called),
        called_again=len(called) - len(set(called)),
        effects=len(found.effects),
        tokens_answered=len(load.heard.tokens),
        calls_without_answer=load.heard.unanswered,
        server_errors=dict(Counter(load.heard.failed)),
        longest_call=round(load.heard.longest, 1),
        violations=checks.violations(found, load.heard),
    )


def _die(nursery: Nursery, kill: Kill) -> str:
    """A worker's life, until its death; says how it died."""
    pid = nursery.bear(kill.point, kill.hit)
    if not kill.since_birth and not nursery.ready():
        return kill.name
    code = nursery.death(kill.seconds)
    if code is None:
        os.kill(pid, signal.SIGKILL)
        code = nursery.death(BIRTH_SECONDS)
        return "at a moment" if kill.point else kill.name
    assert code == -signal.SIGKILL, f"the worker ended by itself, with {code}"
    return kill.name


def _come_to_rest(url: str, load: Load) -> None:
    """Lets everything that was started end."""
    load.stop_starting()
    query = "SELECT (SELECT count(*) FROM asl.executions WHERE status = 0), (SELECT count(*) FROM asl.outbox)"
    with psycopg.connect(url, autocommit=True) as connection:
        try:
            until(lambda: connection.execute(query).fetchone() == (0, 0), "rest", REST_SECONDS)
        except AssertionError as error:
            load.heard.surprises.append(f"{error}: {connection.execute(query).fetchone()}")


def _end_in_order(nursery: Nursery, load: Load) -> None:
    os.kill(nursery.pid, signal.SIGTERM)
    code = nursery.death(30)
    if code not in {0, -signal.SIGTERM}:
        load.heard.surprises.append(f"told to end, the worker ended with {code}")
        os.kill(nursery.pid, signal.SIGKILL)
