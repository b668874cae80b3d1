"""Messages to endpoints: when they are tried again, what they hold, and how they are signed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from statewright.integrations.endpoints import events, schedule, sending
from statewright.workflows.checks.triggers import PLATFORM_EVENTS

NOW = datetime.fromtimestamp(1614265330, UTC)
VECTOR = {"message_id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "payload": '{"test": 2432232314}', "url": "https://x.example"}  # fmt: skip
KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_a_message_is_signed_as_the_reference_vector_says() -> None:
    request = sending.signed(VECTOR, [KEY], NOW)
    assert request.header("webhook-signature") == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert request.header("webhook-id") == VECTOR["message_id"]
    assert request.header("webhook-timestamp") == "1614265330"


@given(st.dictionaries(st.text(max_size=10), st.text(max_size=20) | st.integers(), max_size=4))
def test_the_reference_library_verifies_it_with_either_secret(data: dict[str, Any]) -> None:
    now = datetime.now(UTC)
    message = events.message("w", "execution.failed", "e", data, now.isoformat(), now)
    row = {"message_id": message.id, "payload": message.payload, "url": "https://x.example"}
    other = "whsec_" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"
    request = sending.signed(row, [other, KEY], now)
    for key in (KEY, other):
        found = Webhook(key).verify(request.content, dict(request.headers))
        assert found["type"] == "execution.failed"


def test_it_is_tried_over_three_days_and_then_given_up() -> None:
    waits = [schedule.wait(attempt, 0.0) for attempt in range(1, 10)]
    assert waits[0] == timedelta(seconds=5)
    assert sum((w for w in waits if w), timedelta()) == timedelta(hours=75, minutes=35, seconds=5)
    assert schedule.wait(10, 0.0) is None
    late = schedule.wait(2, 1.0)
    assert late is not None
    assert timedelta(minutes=5) < late <= timedelta(minutes=5.5)


def test_an_endpoint_may_ask_for_more_time_but_not_for_weeks() -> None:
    assert schedule.wait(1, 0.0, 60.0) == timedelta(seconds=60)
    assert schedule.wait(3, 0.0, 1.0) == timedelta(minutes=30)
    assert schedule.wait(1, 0.0, 10_000_000.0) == timedelta(hours=24)


def ended(status: str, execution: str = "arn:x") -> dict[str, Any]:
    detail = {"workspace_id": "w", "id": execution, "data": {"status": status, "text": "\ud800"}}
    return {"detail-type": "execution.ended", "detail": detail, "time": "2026-01-01T00:00:00Z", "id": "i"}  # fmt: skip


def test_an_event_is_one_message_however_often_it_comes() -> None:
    one = events.message_of(ended("failed"), NOW)
    assert one.id == events.message_of({**ended("failed"), "id": "j"}, NOW).id
    assert one.id != events.message_of(ended("failed", "arn:y"), NOW).id
    assert one.type == "execution.failed"
    assert json.loads(one.payload)["timestamp"] == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("patterns", "kind", "right"),
    [
        (["*"], "task.assigned", True),
        (["execution.*"], "execution.failed", True),
        (["execution.*"], "workflow.published", False),
        (["execution.failed", "workflow.*"], "workflow.turned_on", True),
        (["execution.failed"], "execution.succeeded", False),
        ([], "execution.failed", False),
    ],
)
def test_what_an_endpoint_wants(patterns: list[str], kind: str, right: bool) -> None:
    assert events.wants(patterns, kind) is right


def test_every_event_of_the_platform_can_be_subscribed_to() -> None:
    assert PLATFORM_EVENTS - {"execution.ended"} == set(events.TYPES)
    assert not events.known("executions.*")
