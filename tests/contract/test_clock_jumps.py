"""The machine's clock jumps, or stands still while the machine sleeps: nothing is lost or doubled."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from asl import alarm
from asl.memory import ManualClock
from localcloud.functions import Function, LambdaHost
from localcloud.services import scheduler as schedules
from localcloud.services.feeding import Feeder, Mapping, Queue
from localcloud.services.scheduler import Scheduler
from localcloud.services.sqs import Sqs
from tests.contract.test_runner import Cloud
from tests.support.engine import TASK
from tests.support.server import until

DAY = 86_400
EVERY_MINUTE = {"ScheduleExpression": "rate(1 minute)", "Target": {"Arn": "t", "Input": "{}"}}
TAKEN: list[str] = []


def take(event: Any, context: Any) -> None:
    """A queue's function."""
    TAKEN.extend(record["body"] for record in event["Records"])


@pytest.fixture
def cloud(pool: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    from asl.adapters.postgres_journal import PostgresJournal
    from asl.adapters.postgres_machines import PostgresMachines

    monkeypatch.setattr(alarm, "LOOK_SECONDS", 0.05)
    machines = PostgresMachines(pool)
    made = Cloud(PostgresJournal(pool, machines), machines)
    made.engine.open()
    yield made
    made.engine.close()
    made.journal.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def local(pool: Any) -> Any:
    """The pool, with the local cloud's tables."""
    import localcloud

    with pool.connection() as connection:
        schema = Path(localcloud.__file__).with_name("schema.sql").read_text()
        connection.execute(schema.encode())
    return pool


@pytest.fixture
def fired() -> list[str]:
    return []


@pytest.fixture
def scheduler(
    local: Any, clock: ManualClock, fired: list[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scheduler]:
    monkeypatch.setattr(schedules, "LOOK_SECONDS", 0.05)
    made = Scheduler(local, clock, lambda target, texts: fired.append(target), "1", "r")
    made.open()
    yield made
    made.close()


def waiting(cloud: Cloud) -> str:
    """An execution that waits for an hour, then calls a task."""
    states = {"W": {"Type": "Wait", "Seconds": 3600, "Next": "A"}, "A": {**TASK, "End": True}}
    arn = cloud.start(cloud.machine("m", states), "x")
    until(cloud.journal.next_due, "the wait's end")
    return arn


def check(cloud: Cloud, arn: str) -> None:
    """It has ended once, and its history's times do not run backwards."""
    assert cloud.ended(arn)["status"] == "SUCCEEDED"
    assert len(cloud.calls) == 1
    times = [event["timestamp"] for event in cloud.states.get_execution_history(arn)["events"]]
    assert times == sorted(times)


def test_a_wait_ends_when_the_clock_has_jumped_over_its_time(cloud: Cloud) -> None:
    """Though nothing else tells the engine that it has."""
    arn = waiting(cloud)
    cloud.clock.advance(DAY)
    check(cloud, arn)


def test_a_wait_goes_by_the_clock_that_has_jumped_back(cloud: Cloud) -> None:
    arn = waiting(cloud)
    cloud.clock.advance(-DAY)
    assert cloud.runner.fire_due() == 0
    other = cloud.start(cloud.machine("quick", {"A": {**TASK, "End": True}}), "y")
    assert cloud.ended(other)["status"] == "SUCCEEDED", "what begins meanwhile is not held up"
    cloud.calls.clear()
    cloud.clock.advance(DAY + 3600)
    check(cloud, arn)


def test_a_schedule_that_a_jump_skipped_fires_once(
    scheduler: Scheduler, clock: ManualClock, fired: list[str]
) -> None:
    scheduler.create_schedule("minutely", **EVERY_MINUTE)
    clock.advance(DAY)
    until(lambda: fired, "the schedule")
    assert scheduler.fire_due() == 0
    assert fired == ["t"], "once, and not for each minute of the day"
    clock.advance(60)
    until(lambda: len(fired) == 2, "its next time")


def test_a_schedule_does_not_fire_again_for_times_that_come_twice(
    scheduler: Scheduler, clock: ManualClock, fired: list[str]
) -> None:
    scheduler.create_schedule("minutely", **EVERY_MINUTE)
    clock.advance(60)
    until(lambda: fired, "the schedule")
    clock.advance(-3600)
    assert scheduler.fire_due() == 0
    clock.advance(3600 + 60)
    until(lambda: len(fired) == 2, "the time after")


def test_a_schedule_that_is_made_while_the_schedules_are_looked_at_fires(
    local: Any, clock: ManualClock, fired: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though there was none when they were read, so that there seemed to be nothing to wait for."""
    made = Scheduler(local, clock, lambda target, texts: fired.append(target), "1", "r")
    pause, looked = made._pause, threading.Event()

    def slow() -> float | None:
        found = pause()
        if not looked.is_set():
            made.create_schedule("minutely", **EVERY_MINUTE)
            clock.advance(60)
            looked.set()
        return found

    monkeypatch.setattr(made, "_pause", slow)
    made.open()
    until(lambda: fired, "the schedule")
    made.close()


def test_messages_survive_both_jumps(local: Any, clock: ManualClock) -> None:
    host = LambdaHost()
    host.add(Function("take", "arn:f", __name__, "take", 5, 128))
    sqs = Sqs(local, clock, Feeder(local, clock, "us-east-1", host))
    sqs.add(Queue("q", "arn:aws:sqs:r:1:q", "https://sqs/q", 30, "dead", 2))
    sqs.add(Queue("dead", "arn:aws:sqs:r:1:dead", "https://sqs/dead"))
    sqs.send(sqs.find("q"), ["before"])
    clock.advance(-DAY)
    sqs.send(sqs.find("q"), ["during"])
    TAKEN.clear()
    sqs.map(Mapping("q", "take", batch_size=10))
    until(lambda: "during" in TAKEN, "what was sent after the jump")
    clock.advance(DAY)
    until(lambda: sorted(TAKEN) == ["before", "during"], "what was sent before it")
    sqs.close()
    assert sqs.get_queue_attributes("dead")["Attributes"]["ApproximateNumberOfMessages"] == "0"
