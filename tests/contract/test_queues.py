"""Queues on PostgreSQL: visibility, batches, partial failures, dead letters, asynchronous calls."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from asl.errors import UnavailableError
from asl.memory import ManualClock
from localcloud.functions import Function, LambdaHost
from localcloud.services.feeding import Feeder, Mapping, Queue
from localcloud.services.sqs import Sqs
from tests.support.server import until

CALLS: list[list[str]] = []
FAIL: set[str] = set()
LOCK = threading.Lock()


def consume(event: Any, context: Any) -> Any:
    """A consumer that fails what it is told to."""
    bodies = [record["body"] for record in event["Records"]]
    with LOCK:
        CALLS.append(bodies)
    if "crash" in FAIL & set(bodies):
        raise RuntimeError("crash")
    failed = [r["messageId"] for r in event["Records"] if r["body"] in FAIL]
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}


TOGETHER = threading.Barrier(3, timeout=50)
RUNNING: list[int] = []


def meet(event: Any, context: Any) -> None:
    """A consumer that ends only when three batches are under way at once."""
    with LOCK:
        RUNNING.append(RUNNING[-1] + 1 if RUNNING else 1)
    TOGETHER.wait()
    with LOCK:
        RUNNING.append(RUNNING[-1] - 1)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def sqs(pool: Any, clock: ManualClock, host: LambdaHost) -> Iterator[Sqs]:
    import localcloud

    with pool.connection() as connection:
        schema = Path(localcloud.__file__).with_name("schema.sql").read_text()
        connection.execute(schema.encode())
    made = Sqs(pool, clock, Feeder(pool, clock, "us-east-1", host))
    made.add(Queue("q", "arn:aws:sqs:r:1:q", "https://sqs/q", 30, "dead", 2))
    made.add(Queue("dead", "arn:aws:sqs:r:1:dead", "https://sqs/dead"))
    CALLS.clear()
    FAIL.clear()
    yield made
    made.close()


@pytest.fixture
def host() -> LambdaHost:
    made = LambdaHost()
    made.add(Function("consume", "arn:f", __name__, "consume", 5, 128))
    made.add(Function("meet", "arn:g", __name__, "meet", 60, 128))
    return made


def count(sqs: Sqs, queue: str) -> tuple[int, int]:
    found = sqs.get_queue_attributes(queue)["Attributes"]
    visible = int(found["ApproximateNumberOfMessages"])
    return visible, int(found["ApproximateNumberOfMessagesNotVisible"])


def test_received_messages_are_hidden_until_their_time(sqs: Sqs, clock: ManualClock) -> None:
    sqs.send_message("https://sqs/q", "one")
    (first,) = sqs.receive_message("https://sqs/q")["Messages"]
    assert sqs.receive_message("https://sqs/q") == {}
    clock.advance(30)
    (again,) = sqs.receive_message("https://sqs/q")["Messages"]
    assert again["Attributes"]["ApproximateReceiveCount"] == "2"
    sqs.delete_message("https://sqs/q", first["ReceiptHandle"])
    assert count(sqs, "q") == (0, 1), "an old receipt deletes nothing"
    sqs.delete_message("https://sqs/q", again["ReceiptHandle"])
    assert count(sqs, "q") == (0, 0)


def test_a_mapping_takes_batches_and_deletes_them(sqs: Sqs) -> None:
    sqs.send(sqs.find("q"), [str(n) for n in range(25)])
    sqs.map(Mapping("q", "consume", batch_size=10, partial=True))
    until(lambda: count(sqs, "q") == (0, 0), "the queue to empty")
    assert [len(call) for call in CALLS] == [10, 10, 5]
    assert sorted(body for call in CALLS for body in call) == sorted(map(str, range(25)))


class FailingPool:
    """A pool that has no connection for a mapping when it asks for its second one."""

    def __init__(self, pool: Any):
        self._pool = pool
        self.asked = 0

    def connection(self) -> Any:
        """A connection, if there is one."""
        if threading.current_thread().name == "sqs-q":
            self.asked += 1
            if self.asked == 2:
                raise UnavailableError("The database cannot be used.")
        return self._pool.connection()


def test_a_mapping_goes_on_after_the_database_was_away_while_it_was_idle(
    sqs: Sqs, pool: Any, clock: ManualClock, host: LambdaHost
) -> None:
    failing: Any = FailingPool(pool)
    other = Sqs(failing, clock, Feeder(failing, clock, "us-east-1", host))
    other.add(sqs.find("q"))
    other.map(Mapping("q", "consume", batch_size=10, partial=True))
    until(lambda: failing.asked >= 2, "the mapping to look when the next message comes")
    other.send(other.find("q"), ["late"])
    until(lambda: CALLS == [["late"]], "the message to be taken")
    other.close()


def test_a_batch_has_no_more_bytes_than_an_event_may(sqs: Sqs) -> None:
    """However many messages it may have, and even where each byte is escaped."""
    large = [f"{letter}{chr(34) * 1_000_000}" for letter in "abcde"]
    sqs.send(sqs.find("q"), [*large, "f"])
    sqs.map(Mapping("q", "consume", 10))
    until(lambda: count(sqs, "q") == (0, 0), "the queue to empty")
    assert [[body[0] for body in batch] for batch in CALLS] == [["a", "b"], ["c", "d"], ["e", "f"]]


def test_full_batches_are_taken_beside_each_other_up_to_the_limit(
    sqs: Sqs,
) -> None:
    sqs.send(sqs.find("q"), [str(n) for n in range(60)])
    sqs.map(Mapping("q", "meet", batch_size=10, concurrency=3))
    until(lambda: count(sqs, "q") == (0, 0), "the queue to empty")
    assert len(RUNNING) == 12, "six batches"
    assert max(RUNNING) == 3


def test_partial_failures_come_again_and_then_go_to_the_dead_letters(
    sqs: Sqs, clock: ManualClock
) -> None:
    FAIL.add("bad")
    sqs.send(sqs.find("q"), ["good", "bad"])
    sqs.map(Mapping("q", "consume", batch_size=10, partial=True))
    until(lambda: count(sqs, "q") == (0, 1), "the good one to go")
    clock.advance(31)
    until(lambda: count(sqs, "dead") == (1, 0), "the bad one to be given up")
    assert count(sqs, "q") == (0, 0)
    assert CALLS == [["good", "bad"], ["bad"]]


def test_a_failing_function_fails_its_batch(sqs: Sqs, clock: ManualClock) -> None:
    FAIL.add("crash")
    sqs.send(sqs.find("q"), ["crash", "innocent"])
    sqs.map(Mapping("q", "consume", batch_size=10, partial=True))
    until(lambda: count(sqs, "q") == (0, 2), "both to be hidden")
    FAIL.clear()
    clock.advance(31)
    until(lambda: count(sqs, "q") == (0, 0), "both to go")


def test_messages_keep_their_attributes(sqs: Sqs) -> None:
    attributes = {"kind": {"DataType": "String", "StringValue": "sms"}}
    sqs.send_message("https://sqs/q", json.dumps({"a": 1}), MessageAttributes=attributes)
    (message,) = sqs.receive_message("https://sqs/q")["Messages"]
    assert message["MessageAttributes"] == attributes
