"""Lines that belong together say so, also where threads serve different executions."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from statewright import batches, logs
from statewright.workflows import starting
from tests.support.server import ROOT

STEPS = sorted(
    file for file in (ROOT / "functions" / "steps").glob("*.py") if file.stem != "__init__"
)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is logged here."""
    stream, handler = io.StringIO(), logs.logger.registered_handler
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before)


def test_lines_of_two_threads_do_not_mix(written: io.StringIO) -> None:
    together = threading.Barrier(2, timeout=10)

    @logs.step
    def handler(event: dict[str, Any], context: Any) -> None:
        together.wait()
        logs.logger.info("inside")
        together.wait()
        if event["step"] == "b":
            raise TimeoutError

    def run(name: str) -> None:
        try:
            handler({"execution_id": f"of {name}", "step": name}, None)
        except TimeoutError:
            assert name == "b"

    threads = [threading.Thread(target=run, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    logs.logger.info("after")
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    told = {(line["message"], line.get("step"), line.get("correlation_id"), line.get("outcome")) for line in lines}  # fmt: skip
    assert told == {
        ("inside", "a", "of a", None),
        ("inside", "b", "of b", None),
        ("step ended", "a", "of a", "succeeded"),
        ("step ended", "b", "of b", "TimeoutError"),
        ("after", None, None, None),
    }


@pytest.mark.parametrize("file", STEPS, ids=lambda file: file.stem)
def test_every_step_logs_its_end(file: Any) -> None:
    text = file.read_text()
    assert "@step\ndef handler" in text or "@logs.step\ndef handler" in text


NAMES = ("message", "queue", "correlation_id", "execution_id", "outcome")
STATUS = {"executionArn": "arn:aws:states:e", "name": "own", "status": "FAILED"}
BODIES: list[tuple[str, dict[str, Any], tuple[str | None, str | None]]] = [
    ("an attribute", {"attribute": "root", "body": "x"}, ("root", None)),
    ("a message of ours", {"body": {"delivery_id": "d", "correlation_id": "root"}}, ("root", None)),
    ("an event", {"body": {"detail": {"correlation_id": "root"}}}, ("root", None)),
    ("an event in a trigger's message", {"body": {"event": {"detail": {"correlation_id": "root"}}}}, ("root", None)),
    ("a status of what was caused", {"body": {"detail": {**STATUS, "input": json.dumps({"trigger": {"correlation_id": "root"}})}}}, ("root", "own")),
    ("a status of what began by itself", {"body": {"detail": {**STATUS, "input": '{"trigger": {"correlation_id": null}}'}}}, ("own", "own")),
    ("a status of a long input", {"body": {"detail": STATUS}}, ("own", "own")),
    ("a status of another input", {"body": {"detail": {**STATUS, "input": "[1]"}}}, ("own", "own")),
    ("no JSON", {"body": "{"}, (None, None)),
    ("no text of an id", {"body": {"correlation_id": 1}}, (None, None)),
]  # fmt: skip


def record(body: Any, attribute: str | None = None) -> dict[str, Any]:
    """A queue's message as Lambda hands it over."""
    text = body if isinstance(body, str) else json.dumps(body)
    brought = {"correlation_id": {"stringValue": attribute, "dataType": "String"}}
    return {
        "messageId": "m",
        "body": text,
        "eventSourceARN": "arn:aws:sqs:r:a:queue",
        "messageAttributes": brought if attribute else {},
    }


@pytest.mark.parametrize(("given", "expected"), [row[1:] for row in BODIES], ids=[row[0] for row in BODIES])  # fmt: skip
def test_a_messages_lines_carry_what_it_brings(
    given: dict[str, Any], expected: tuple[str | None, str | None], written: io.StringIO
) -> None:
    with logs.message(record(**given)):
        assert logs.correlation_id() == logs.passed_on() == expected[0]
        logs.logger.info("inside")
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    told = [tuple(line.get(name) for name in NAMES) for line in lines]
    assert told == [
        ("inside", "queue", *expected, None),
        ("message ended", "queue", *expected, "succeeded"),
    ]


def test_one_messages_failure_is_its_own(written: io.StringIO) -> None:
    def work(text: str) -> None:
        if text == "bad":
            raise TimeoutError

    event = {"Records": [record("bad", "a") | {"messageId": "1"}, record("good", "b")]}
    assert batches.take(event, work) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    ended = [(line["correlation_id"], line["outcome"]) for line in lines if "outcome" in line]
    assert ended == [("a", "TimeoutError"), ("b", "succeeded")]


def test_what_was_within_is_there_again_after_what_was_within_it() -> None:
    with logs.within(request_id="request"):
        assert (logs.correlation_id(), logs.passed_on()) == (None, "request")
        with logs.within(correlation_id="outer"):
            with logs.within(correlation_id="inner", step=None):
                assert logs.passed_on() == "inner"
            assert logs.passed_on() == "outer"
        assert logs.passed_on() == "request"
    assert logs.passed_on() is None


def test_an_execution_brings_the_id_of_what_has_caused_it(written: io.StringIO) -> None:
    with logs.within(correlation_id="root"):
        trigger = starting.facts("event", "t", None)
        logs.note_start("caused", "w")
    assert trigger["correlation_id"] == "root"
    assert "correlation_id" not in starting.facts("webhook", "t", None)
    logs.note_start("first", "w")
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    told = [(line["correlation_id"], line["execution_id"]) for line in lines]
    assert told == [("root", "caused"), ("first", "first")]
