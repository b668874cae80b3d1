"""Whether a delivery goes out now: a table of verdicts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.notifications.backoff import MAX_ATTEMPTS, delay
from statewright.notifications.gate import Collect, Facts, Go, Later, Never, decide
from statewright.notifications.locales import candidates, is_locale
from statewright.notifications.statuses import advances

NOON = datetime(2030, 6, 1, 12, 0, tzinfo=UTC)
FACTS = Facts(now=NOON, channel="email", priority="normal")
NIGHT = (time(22), time(7))


def at(hour: int, minute: int = 0, day: int = 1) -> datetime:
    return datetime(2030, 6, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, Go()),
        ({"expires_at": NOON}, Never("expired", "its time was over")),
        ({"expires_at": NOON + timedelta(seconds=1)}, Go()),
        ({"suppressed": "bounce", "priority": "critical"}, Never("suppressed", "bounce")),
        ({"mode": "off", "priority": "critical"}, Never("suppressed", "turned off")),
        ({"mode": "daily"}, Collect(at(8, day=2))),
        ({"mode": "daily", "digest_hour": 13}, Collect(at(13))),
        ({"mode": "daily", "time_zone": "America/New_York"}, Collect(at(12, day=2))),
        ({"mode": "hourly", "now": at(12, 20)}, Collect(at(13))),
        ({"mode": "daily", "priority": "critical"}, Go()),
        ({"mode": "daily", "channel": "in_app"}, Go()),
        ({"mode": "daily", "is_digest": True}, Go()),
        ({"daily_cap": 2, "sent_today": 1}, Go()),
        ({"daily_cap": 2, "sent_today": 2}, Never("suppressed", "the cap of 2 a day is reached")),
        ({"daily_cap": 0, "priority": "critical"}, Go()),
        ({"quiet": NIGHT}, Go()),
        ({"quiet": NIGHT, "now": at(23)}, Later(at(7, day=2), "quiet hours")),
        ({"quiet": NIGHT, "now": at(6, 59)}, Later(at(7), "quiet hours")),
        ({"quiet": NIGHT, "now": at(7)}, Go()),
        ({"quiet": NIGHT, "now": at(23), "channel": "in_app"}, Go()),
        ({"quiet": NIGHT, "now": at(23), "priority": "critical"}, Go()),
        ({"quiet": NIGHT, "time_zone": "Asia/Tokyo"}, Go()),
        ({"quiet": NIGHT, "time_zone": "Asia/Tokyo", "now": at(14)}, Later(at(22), "quiet hours")),
        ({"quiet": (time(9), time(17))}, Later(at(17), "quiet hours")),
    ],
)
def test_the_verdict(change: dict[str, Any], verdict: object) -> None:
    assert decide(replace(FACTS, **change)) == verdict


CLOCK = st.times(timezones=st.none()).map(lambda t: t.replace(second=0, microsecond=0))


@given(
    st.datetimes(datetime(2029, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC)),
    CLOCK,
    CLOCK,
    st.sampled_from(["UTC", "Europe/Vienna", "America/New_York", "Asia/Kathmandu"]),
)
def test_what_was_postponed_for_quiet_hours_goes_out_at_their_end(
    now: datetime, start: time, end: time, zone: str
) -> None:
    facts = replace(FACTS, now=now, quiet=(start, end), time_zone=zone)
    verdict = decide(facts)
    if isinstance(verdict, Later):
        assert now < verdict.at <= now + timedelta(hours=25)
        assert decide(replace(facts, now=verdict.at)) == Go()


@given(st.integers(1, MAX_ATTEMPTS + 3), st.none() | st.floats(0, 1e9))
def test_backing_off_never_calls_earlier_than_asked_and_ends(
    attempt: int, asked: float | None
) -> None:
    wait = delay(attempt, asked)
    assert (wait is None) == (attempt >= MAX_ATTEMPTS)
    if wait is not None and asked is not None:
        assert wait.total_seconds() >= min(asked, 86_400) - 1e-6


def test_locales_fall_back_to_what_there_is() -> None:
    known = ["en", "de", "pt-BR"]
    assert next(candidates("de-AT", "en", known)) == "de"
    assert next(candidates("pt_br", "en", known)) == "pt-BR"
    assert next(candidates("fr", "en", known)) == "en"
    assert next(candidates(None, "xx", known)) == "de"
    assert not any(map(is_locale, ["", "../x", "e", "en--", "en\n", "x" * 40]))


def test_news_only_ever_go_up() -> None:
    assert advances("sent", "delivered")
    assert advances("sending", "sent")
    assert advances("delivered", "bounced")
    assert not advances("clicked", "delivered")
    assert not advances("complained", "opened")
    assert not advances("cancelled", "delivered")
