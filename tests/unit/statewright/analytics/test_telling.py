"""Who looks at figures is told once a batch, and while batches are full once a second."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from statewright import world
from statewright.analytics import telling
from statewright.live import Event


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []

    def publish(events: Iterable[Event]) -> int:
        batch = list(events)
        assert all(event.topic == "analytics" for event in batch)
        found.extend(event.workspace_id for event in batch)
        return len(batch)

    monkeypatch.setattr(telling, "publish_all", publish)
    monkeypatch.setattr(telling, "_told", {})
    return found


def test_full_batches_tell_once_a_second_and_the_last_one_always(
    told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    monkeypatch.setattr(world, "now", lambda: now[0])
    for _ in range(50):
        telling.tell(["a", "a"], more=True)
        now[0] += timedelta(milliseconds=50)
    assert told == ["a", "a", "a"]
    telling.tell(["a"])
    telling.tell(["a", "b"])
    assert sorted(told[3:]) == ["a", "a", "b"]
    assert telling.tell([]) == 0
