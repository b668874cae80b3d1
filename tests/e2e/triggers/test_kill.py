"""The server is killed while schedules and events are due: each starts its execution, once."""

from __future__ import annotations

import collections
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.triggers.conftest import Workspace
from tests.support.server import Server, until

MOMENTS = 12
EVENTS = 60
SENDERS = 6


@pytest.fixture
def own(data_root: Path) -> Iterator[Workspace]:
    server = Server(data_root / "killed-triggers")
    yield_this = Workspace(server.start(), "owner@kill.example")
    yield_this.register()
    yield yield_this
    server.stop()


def test_nothing_is_lost_or_doubled(own: Workspace) -> None:
    scheduled, on_time = publish_moments(own)
    moments = [datetime.fromisoformat(f"{trigger['at']}+00:00") for trigger in on_time]
    told = publish(own, "Told", {"id": "e", "type": "event", "event": "number"})
    until(lambda: datetime.now(UTC) >= moments[3], "the first moments")
    senders = _Senders(own)
    senders.start()
    until(lambda: len(senders.accepted) >= EVENTS // 3, "the first events")
    own.server.kill()
    until(lambda: datetime.now(UTC) >= max(moments), "moments that nobody is there for")
    own.server.start()
    senders.join()

    def all_there() -> bool:
        return len(own.executions_of(scheduled)) >= MOMENTS and len(own.executions_of(told)) >= EVENTS  # fmt: skip

    until(all_there, "all executions")
    outputs = [own.ended(item["id"])["output"] for item in own.executions_of(scheduled)]
    ids = collections.Counter(output["id"] for output in outputs)
    assert ids == {trigger["id"]: 1 for trigger in on_time}
    due = {output["id"]: output["received_at"][:19] for output in outputs}
    assert due == {trigger["id"]: trigger["at"] for trigger in on_time}
    numbers = collections.Counter(own.ended(item["id"])["output"]["body"]["n"] for item in own.executions_of(told))  # fmt: skip
    assert numbers == dict.fromkeys(range(EVENTS), 1)


def publish(own: Workspace, name: str, *triggers: dict[str, Any]) -> dict[str, Any]:
    steps = [{"id": "a", "set": 1}]
    definition = {"name": name, "triggers": list(triggers), "steps": steps, "output": "{% $trigger %}"}  # fmt: skip
    return own.publish(definition)


def publish_moments(own: Workspace) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A workflow with moments ahead, further ahead where this machine is slow in publishing."""
    lead, attempt = 6, 0
    while True:
        begin = datetime.now(UTC) + timedelta(seconds=lead)
        on_time = [
            {
                "id": f"at_{index}",
                "type": "schedule",
                "at": f"{begin + timedelta(seconds=index % 8):%Y-%m-%dT%H:%M:%S}",
                "missed": "once",
            }
            for index in range(MOMENTS)
        ]
        scheduled = publish(own, f"Scheduled {attempt}", *on_time)
        if datetime.now(UTC) < begin:
            return scheduled, on_time
        lead, attempt = lead * 2, attempt + 1


class _Senders:
    """Publish numbered events, each until it is answered with 2xx; half of them twice."""

    def __init__(self, own: Workspace):
        self.accepted: set[int] = set()
        self._url = f"{own.server.url}/v1/events"
        self._headers = {"authorization": own.http.headers["Authorization"]}
        self._numbers = iter(range(EVENTS))
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._send) for _ in range(SENDERS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join(120)
        assert len(self.accepted) == EVENTS, "every event was answered with 2xx in the end"

    def _send(self) -> None:
        while True:
            with self._lock:
                number = next(self._numbers, None)
            if number is None:
                return
            for _ in range(1 + number % 2):
                until(lambda number=number: self._accepted(number), f"an answer for {number}", 120)
            self.accepted.add(number)

    def _accepted(self, number: int) -> bool:
        event = {"type": "number", "data": {"n": number}, "id": f"number-{number}"}
        try:
            answer = httpx.post(
                self._url, json=event, headers=self._headers, timeout=30, verify=False
            )
        except httpx.TransportError:
            return False
        assert answer.is_success or answer.status_code >= 500, answer.text
        return answer.is_success
