"""Kills the engine again and again while it is under load, lets it come to rest, and checks."""

from __future__ import annotations

import os
import random
import signal
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
from tests.crash.nursery import BIRTH_SECONDS, Nursery
from tests.crash.postgres import STOPS, RestartablePostgres
from tests.crash.worker import POINTS, SCHEMA
from tests.support.server import free_port, until

REST_SECONDS = 90.0
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
    leases_taken: int
    """How often a process took a lease that had become free."""
    writes_fenced: int
    """How often a process learnt at a write that its lease was another's by then."""

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
        deaths = Counter(die(nursery, kill) for kill in plan(seed, kills))
        nursery.live()
        come_to_rest(url, load)
        load.end()
        end_in_order(nursery, load)
    finally:
        nursery.close()
    return result(url, seed, deaths, load, began)


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
        come_to_rest(url, load)
        load.end()
        end_in_order(nursery, load)
    finally:
        nursery.close()
    return result(url, seed, stops, load, began)


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


def result(url: str, seed: int, deaths: Counter[str], load: Load, began: float) -> Result:
    """What is found in the database, and whether it is as it must be."""
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
        leases_taken=found.leases_taken,
        writes_fenced=found.writes_fenced,
    )


def die(nursery: Nursery, kill: Kill) -> str:
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


def come_to_rest(url: str, load: Load) -> None:
    """Lets everything that was started end."""
    load.stop_starting()
    query = "SELECT (SELECT count(*) FROM asl.executions WHERE status = 0), (SELECT count(*) FROM asl.outbox)"
    with psycopg.connect(url, autocommit=True) as connection:
        try:
            until(lambda: connection.execute(query).fetchone() == (0, 0), "rest", REST_SECONDS)
        except AssertionError as error:
            load.heard.surprises.append(f"{error}: {connection.execute(query).fetchone()}")


def end_in_order(nursery: Nursery, load: Load) -> None:
    """Has the worker end as an operator would."""
    os.kill(nursery.pid, signal.SIGTERM)
    code = nursery.death(30)
    if code not in {0, -signal.SIGTERM}:
        load.heard.surprises.append(f"told to end, the worker ended with {code}")
        os.kill(nursery.pid, signal.SIGKILL)
