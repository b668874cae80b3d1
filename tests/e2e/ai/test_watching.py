"""Workflows' hours from their facts: what is predicted, what is unusual, whom it is told."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from statewright.ai.watching import alarms, inputs, predicting
from statewright.analytics.facts import Fact
from statewright.errors import ConflictError, NotFoundError
from statewright.notifications.models import NewNotification
from tests.e2e.analytics import rig as rigs
from tests.e2e.analytics.rig import NOW, OTHER, WORKFLOWS, WORKSPACE, Rig

HOUR = timedelta(hours=1)
DAYS = 8


@pytest.fixture(scope="module")
def open_rig(database: str) -> Iterator[Rig]:
    with pytest.MonkeyPatch.context() as patch, rigs.opened(database, patch) as rig:
        yield rig


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[NewNotification]:
    found: list[NewNotification] = []
    monkeypatch.setattr(alarms.sending, "send", lambda sender, wanted: found.append(wanted))
    return found


@pytest.fixture
def rig(open_rig: Rig) -> Rig:
    """Eight days of one shape: few executions at night, more by day, each of a second."""
    open_rig.empty()
    open_rig.sql("DELETE FROM ai_anomalies; DELETE FROM workflow_versions; DELETE FROM ai_shapes")
    open_rig.sql("DELETE FROM executions; UPDATE workflows SET version = NULL")
    open_rig.now = NOW
    open_rig.ingest(*(fact for at in hours() if at < NOW - HOUR for fact in usual(at)))
    return open_rig


def hours() -> Iterator[datetime]:
    return (NOW - DAYS * 24 * HOUR + n * HOUR for n in range(DAYS * 24))


def usual(at: datetime) -> Iterator[Fact]:
    count = 3 + round(2 * math.sin(2 * math.pi * at.hour / 24))
    return executions(at, count)


def executions(at: datetime, count: int, **more: Any) -> Iterator[Fact]:
    values = {"status": "succeeded", "duration_ms": 1_000 + at.hour, "units": 5, **more}
    for number in range(count):
        moment = at + number * timedelta(seconds=20)
        yield Fact("execution", f"{at}/{number}", moment, workflow_id=WORKFLOWS[0], revision=1, **values)  # fmt: skip


def step(at: datetime, name: str, **more: Any) -> Fact:
    values = {"status": "succeeded", **more}
    return Fact("step", f"{at}/{name}", at, workflow_id=WORKFLOWS[0], subject=name, revision=1, **values)  # fmt: skip


def test_an_hour_like_others_alarms_nobody(rig: Rig, told: list[NewNotification]) -> None:
    rig.ingest(*usual(NOW - HOUR))
    assert alarms.watch() == {"workflows": 1, "anomalies": 0}
    assert told == []


def test_a_flood_is_kept_and_told_once_with_what_was_published(
    rig: Rig, told: list[NewNotification]
) -> None:
    rig.sql(
        "INSERT INTO workflow_versions (workflow_id, workspace_id, version, definition, asl, bindings,"
        " machine_arn, created_by, created_at) VALUES (%(w)s, %(s)s, 7, '{}', '{}', '{}', 'arn', 'x', %(t)s)",
        w=WORKFLOWS[0], s=WORKSPACE, t=NOW - 3 * HOUR,
    )  # fmt: skip
    rig.ingest(*executions(NOW - HOUR, 90))
    assert alarms.watch()["anomalies"] >= 1
    found = {anomaly.metric: anomaly for anomaly in alarms.list_all(WORKSPACE, None)}
    volume = found["volume"]
    assert (volume.value, volume.workflow, volume.at) == (90, "Orders", NOW - HOUR)
    assert 1 <= volume.usual <= 5
    assert volume.suspected_change is not None
    assert volume.suspected_change.startswith("version 7")
    text = next(
        n.content.text for n in told if n.content and "executions" in (n.content.text or "")
    )
    assert text is not None
    assert "version 7" in text
    count = len(told)
    assert alarms.watch()["anomalies"] == 0
    assert len(told) == count
    assert alarms.list_all(OTHER, None) == []


def test_slow_and_failing_hours_name_the_step(rig: Rig, told: list[NewNotification]) -> None:
    for day in range(1, 5):
        at = NOW - HOUR - day * 24 * HOUR
        rig.ingest(step(at, "fetch", duration_ms=100), step(at, "mail", duration_ms=500))
    at = NOW - HOUR
    rig.ingest(
        *executions(at, 4, duration_ms=90_000, status="failed", error="Http.Timeout"),
        step(at, "fetch", duration_ms=80_000, status="failed", error="Http.Timeout"),
        step(at, "mail", duration_ms=510),
    )
    alarms.watch()
    found = {anomaly.metric: anomaly for anomaly in alarms.list_all(WORKSPACE, WORKFLOWS[0])}
    assert found["duration"].suspected_step == "fetch"
    assert found["failures"].suspected_step == "fetch"
    assert found["duration"].suspected_change is None
    assert "volume" not in found
    assert all("fetch" in (notice.content.text or "") for notice in told if notice.content)


def test_the_next_day_is_predicted_with_its_shape(rig: Rig) -> None:
    rig.ingest(*usual(NOW - HOUR))
    found = predicting.predict(WORKSPACE, WORKFLOWS[0], "volume", 24)
    assert found.known_hours == DAYS * 24
    assert found.items[0].at == NOW
    for expected in found.items:
        wanted = len(list(usual(expected.at)))
        assert abs(expected.value - wanted) <= 1
        assert expected.low <= expected.value <= expected.high
    cost = predicting.predict(WORKSPACE, WORKFLOWS[0], "cost", 1)
    assert cost.unit == "usd"
    assert cost.items[0].value == pytest.approx(len(list(usual(NOW))) * 5 * 0.000025, rel=0.3)


def test_without_a_history_nothing_is_predicted(rig: Rig) -> None:
    with pytest.raises(ConflictError, match="48"):
        predicting.predict(WORKSPACE, WORKFLOWS[1], "volume", 24)
    with pytest.raises(NotFoundError):
        predicting.predict(OTHER, WORKFLOWS[0], "volume", 24)


DEFINITION = """{"name": "Orders", "steps": [{"id": "greet", "set": "Hello"},
    {"id": "charge", "set": "{% $trigger.body.order.total * 2 %}"}]}"""
HOOK = {"type": "webhook", "id": "shop"}


def received(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, at: datetime, *bodies: Any, trigger: Any = None
) -> dict[str, int]:
    """Executions of an hour with these inputs, and the look at that hour."""
    given = {f"arn:{at:%d%H}:{n}": body for n, body in enumerate(bodies)}
    for number, arn in enumerate(given):
        rig.sql(
            "INSERT INTO executions (id, workspace_id, workflow_id, version, arn, status, trigger,"
            " started_at, redrives) VALUES (%(i)s, %(s)s, %(w)s, 1, %(i)s, 'succeeded', 'webhook', %(t)s, 0)",
            i=arn, s=WORKSPACE, w=WORKFLOWS[0], t=at + number * timedelta(seconds=1),
        )  # fmt: skip

    def describe(arn: str) -> dict[str, Any]:
        return {"input": {"trigger": {**(trigger or HOOK), "body": given[arn]}}}

    monkeypatch.setattr(inputs.states, "describe", describe)
    rig.now = at + HOUR + timedelta(minutes=5)
    return alarms.watch()


def shaped(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two days of inputs of one shape."""
    usual_ones = [{"order": {"total": 10 + n, "email": "a@b.example"}} for n in range(30)]
    for hour in (50, 26, 2):
        received(rig, monkeypatch, NOW - hour * HOUR, *usual_ones)


def test_inputs_that_change_are_told_with_the_step_that_reads_them_and_never_a_value(
    rig: Rig, told: list[NewNotification], monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.sql(
        "INSERT INTO workflow_versions (workflow_id, workspace_id, version, definition, asl, bindings,"
        " machine_arn, created_by, created_at) VALUES (%(w)s, %(s)s, 7, %(d)s, '{}', '{}', 'arn', 'x', %(t)s);",
        w=WORKFLOWS[0], s=WORKSPACE, t=NOW - 3 * HOUR, d=DEFINITION,
    )  # fmt: skip
    rig.sql("UPDATE workflows SET version = 7 WHERE id = %(w)s", w=WORKFLOWS[0])
    shaped(rig, monkeypatch)
    assert [a for a in alarms.list_all(WORKSPACE, None) if a.metric == "shape"] == []
    told.clear()
    changed = [{"order": {"total": "12 EUR", "email": "secret@b.example"}}] * 8
    received(rig, monkeypatch, NOW - HOUR, *changed)
    (found,) = [a for a in alarms.list_all(WORKSPACE, None) if a.metric == "shape"]
    wanted = "webhook shop: /order/total is of the type string in 100% of the inputs, where number is usual"
    assert found.detail == wanted
    assert (found.value, round(found.usual), found.suspected_step) == (1.0, 0, "charge")
    assert (found.suspected_change or "").startswith("version 7")
    texts = [n.content.text or "" for n in told if n.content]
    assert len([text for text in texts if wanted in text and "charge" in text]) == 1
    kept = rig.sql("SELECT * FROM ai_shapes")
    assert "secret" not in str(kept)
    assert "12 EUR" not in str(kept)
    told.clear()
    assert alarms.watch()["anomalies"] == 0, "looked at again, the hour is known"
    received(rig, monkeypatch, NOW, *changed)
    shapes = [a for a in alarms.list_all(WORKSPACE, None) if a.metric == "shape"]
    assert shapes == [found], "a change is told once"
    assert alarms.list_all(OTHER, None) == []


def test_another_trigger_has_inputs_of_its_own(
    rig: Rig, told: list[NewNotification], monkeypatch: pytest.MonkeyPatch
) -> None:
    shaped(rig, monkeypatch)
    nightly = {"type": "schedule", "id": "nightly"}
    received(rig, monkeypatch, NOW - HOUR, *[None] * 30, trigger=nightly)
    assert [a for a in alarms.list_all(WORKSPACE, None) if a.metric == "shape"] == []
