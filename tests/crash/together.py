"""Several processes on one database: each is killed or paused again and again, the others go on.

A paused process is stopped as by SIGSTOP for longer than its lease lasts, as a rule at the moment
when it has decided on a step and is about to write it. Another takes its lease meanwhile. When it
goes on, its writes must be fenced off.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass

import psutil

from tests.crash.load import Load
from tests.crash.nursery import Nursery
from tests.crash.run import Kill, Result, come_to_rest, die, end_in_order, plan, prepare, result
from tests.support.server import free_port, until

LEASE_SECONDS = 1.0
PAUSE_SECONDS = 1.5, 2.5
PAUSED_SHARE = 0.15
"""How many of the deaths are preceded by a pause."""
PAUSE_POINTS = ("decided", "decided", "reading", "telling", "announcing", "effected")
SPAN_SECONDS = 0.5
"""How long a process lives on after a pause, and how long it may take to come to its place."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A stop of the whole process at a place, or after a while, and its length."""

    point: str
    hit: int
    seconds: float


Fate = Kill | Pause


def fates(seed: int, kills: int) -> list[Fate]:
    """What happens to the processes: the same seed, the same fates. A pause ends with a kill too."""
    chance = random.Random(f"{seed}/pauses")
    return [
        Pause(chance.choice(PAUSE_POINTS), chance.randint(1, 20), chance.uniform(*PAUSE_SECONDS))
        if chance.random() < PAUSED_SHARE
        else kill
        for kill in plan(seed, kills)
    ]


def run_together(url: str, seed: int, kills: int, processes: int = 3) -> Result:
    """Processes that share an empty database; the deaths are dealt out among them."""
    began = time.monotonic()
    prepare(url)
    nurseries = [Nursery(url, free_port(), LEASE_SECONDS) for _ in range(processes)]
    load = Load(url, [nursery.port for nursery in nurseries], seed)
    load.begin()
    deaths: Counter[str] = Counter()
    try:
        dealt = fates(seed, kills)
        lives = [
            threading.Thread(target=_live, args=(nursery, dealt[number::processes], deaths, load))
            for number, nursery in enumerate(nurseries)
        ]
        for life in lives:
            life.start()
        for life in lives:
            life.join()
        come_to_rest(url, load)
        load.end()
        for nursery in nurseries:
            end_in_order(nursery, load)
    finally:
        for nursery in nurseries:
            nursery.close()
    return result(url, seed, deaths, load, began)


def _live(nursery: Nursery, dealt: list[Fate], deaths: Counter[str], load: Load) -> None:
    """One process's lives, one after the other; the last is not ended."""
    try:
        for fate in dealt:
            deaths[_suffer(nursery, fate)] += 1
        nursery.live()
    except Exception as error:
        load.heard.surprises.append(f"a life ended with {type(error).__name__}: {error}")


def _suffer(nursery: Nursery, fate: Fate) -> str:
    if isinstance(fate, Kill):
        return die(nursery, fate)
    pid = nursery.bear(fate.point, fate.hit, pause=True)
    assert nursery.ready()
    process = psutil.Process(pid)
    deadline = time.monotonic() + SPAN_SECONDS
    until(lambda: _stopped(process) or time.monotonic() > deadline, "a pause", 30)
    os.kill(pid, signal.SIGSTOP)
    time.sleep(fate.seconds)
    os.kill(pid, signal.SIGCONT)
    code = nursery.death(SPAN_SECONDS)  # for so long it goes on
    assert code is None, f"the worker ended by itself, with {code}"
    os.kill(pid, signal.SIGKILL)
    assert nursery.death(30) == -signal.SIGKILL
    return "after a pause"


def _stopped(process: psutil.Process) -> bool:
    return bool(process.status() == psutil.STATUS_STOPPED)
