"""Whoever waits for a moment misses none, however the others' words and its own reading fall."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from asl import alarm as module
from asl.alarm import Alarm
from tests.support.server import until

FAR = 1_000_000


def waiter(alarm: Alarm, next_due: Callable[[], int | None], now: int = 0) -> threading.Thread:
    """A thread that waits once; a daemon, since a fault here means that it waits for ever."""
    thread = threading.Thread(target=lambda: alarm.wait(next_due, lambda: now), daemon=True)
    thread.start()
    return thread


def test_what_is_due_is_told_at_once() -> None:
    assert Alarm().wait(lambda: 5, lambda: 5)


def test_what_is_heard_while_reading_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the reading has missed it, and the moment before was an earlier one."""
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.01)
    alarm = Alarm()
    alarm.hear(100)

    def read() -> None:
        alarm.hear(200)

    assert not alarm.wait(read, lambda: 100)
    assert alarm.wait(read, lambda: 200)


@pytest.mark.parametrize("first", [None, FAR])
def test_what_is_heard_wakes_whoever_waits_for_later(
    first: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 1e6)
    alarm, sooner = Alarm(), iter(range(FAR - 1, 0, -1))
    thread = waiter(alarm, lambda: first)

    def woken() -> bool:
        alarm.hear(next(sooner))
        return not thread.is_alive()

    until(woken, "the end of its sleep")


def test_ringing_during_the_reading_keeps_from_sleeping() -> None:
    alarm = Alarm()
    thread = waiter(alarm, alarm.ring)
    thread.join(30)
    assert not thread.is_alive()


def test_ringing_keeps_from_one_sleep_only(monkeypatch: pytest.MonkeyPatch) -> None:
    alarm = Alarm()
    alarm.ring()
    assert not alarm.wait(lambda: None, lambda: 0)
    thread = waiter(alarm, lambda: None)
    thread.join(0.1)
    assert thread.is_alive()
    alarm.ring()
    thread.join(30)
    assert not thread.is_alive()
