"""The threads that call tasks: they know when too many wait."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from asl.commands import Dispatch
from asl.guard import Guard
from asl.memory import ManualClock
from asl.payload import Payload
from asl.ports import Succeeded
from asl.resources import parse_resource
from asl.tasks import TaskThreads
from tests.support.engine import ARN
from tests.support.server import until

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f"


def dispatch(number: int) -> Dispatch:
    text = Payload({"n": number})
    return Dispatch(ARN, (), number, parse_resource(FUNCTION), text, "", f"{number}", None, "A", 0)


def test_tasks_that_wait_for_a_thread_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asl.tasks.MANY", 3)
    gate, stop, recorded = threading.Event(), threading.Event(), []

    def call(dispatch: Dispatch) -> Any:
        gate.wait(10)
        return Succeeded(dispatch.parameters)

    def record(arn: str, event: Any) -> list[Dispatch]:
        recorded.append(event.id)
        return []

    tasks = TaskThreads(call, record, print, ManualClock(), Guard(stop, None), stop, 1)
    behind = []
    for number in range(6):
        tasks.submit(dispatch(number))
        behind.append(tasks.behind)
    assert behind[:3] == [False] * 3
    assert behind[-1]
    gate.set()
    until(lambda: len(recorded) == 6, "all calls")
    assert not tasks.behind
    stop.set()
    tasks.close()
