"""Timetables: as EventBridge Scheduler writes them, and due when it says they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.services import schedule_times
from statewright.workflows.definition import ScheduleTrigger
from statewright.workflows.timetables import expression, following, next_time, read_cron
from statewright.workflows.triggers.firing import due_times

NOW = datetime(2026, 3, 28, 12, tzinfo=UTC)


def schedule(**fields: Any) -> ScheduleTrigger:
    return ScheduleTrigger.model_validate({"id": "s", "type": "schedule", **fields})


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({"cron": "0 2 * * *"}, "cron(0 2 * * ? *)"),
        ({"cron": "*/15 9-17 * * MON-FRI"}, "cron(0,15,30,45 9-17 ? * MON,TUE,WED,THU,FRI *)"),
        ({"cron": "5 0 * * 0"}, "cron(5 0 ? * SUN *)"),
        ({"cron": "5 0 * * 7"}, "cron(5 0 ? * SUN *)"),
        ({"cron": "0 0 1,15 JAN-MAR *"}, "cron(0 0 1,15 1-3 ? *)"),
        ({"cron": "0 0 L * *"}, "cron(0 0 L * ? *)"),
        ({"cron": "0 0 LW * *"}, "cron(0 0 LW * ? *)"),
        ({"cron": "0 0 * * 5L"}, "cron(0 0 ? * 6L *)"),
        ({"cron": "0 0 * * TUE#2"}, "cron(0 0 ? * 3#2 *)"),
        ({"cron": "* * * * *"}, "cron(* * * * ? *)"),
        ({"rate": "1m"}, "rate(1 minute)"),
        ({"rate": "2h"}, "rate(120 minutes)"),
        ({"at": "2027-01-31T08:00:00", "timezone": "Asia/Tokyo"}, "at(2027-01-31T08:00:00)"),
        ({"at": "2027-01-31T08:00:00Z", "timezone": "Asia/Tokyo"}, "at(2027-01-31T17:00:00)"),
    ],
)
def test_as_eventbridge_scheduler_writes_them(times: dict[str, str], expected: str) -> None:
    assert expression(schedule(**times)) == expected


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("0 0 1 * MON", "use a trigger for each"),
        ("0 0 */2 * MON", "use a trigger for each"),
        ("0 0 1,L * *", "last day with others"),
        ("0 0 * * MON,TUE#2", "weekday with others"),
        ("0 0 30 2 *", "not a cron expression"),
        ("@daily", "five fields"),
        ("0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30,32,34,36,38,40,42,44,46,48,50,52,54,56,58 "
         "1,3,5,7,9,11,13,15,17,19,21,23 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31 1,3,5,7,9 *", ""),
    ],
)  # fmt: skip
def test_what_it_cannot_keep_is_refused(cron: str, words: str) -> None:
    if words:
        with pytest.raises(ValueError, match=words):
            read_cron(cron)
    else:
        assert read_cron(cron)


FIELD = st.sampled_from
CRON = st.tuples(
    FIELD(["*", "0", "30", "*/20", "5,40", "10-20"]),
    FIELD(["*", "2", "1-3", "*/6", "0,12,23"]),
    FIELD(["*", "*", "*", "1", "L", "LW", "29-31", "10,20"]),
    FIELD(["*", "3", "FEB", "10,11", "*/4"]),
    FIELD(["*", "*", "*", "0", "MON-FRI", "6,7", "5L", "SUN#5", "2#1"]),
).filter(lambda fields: fields[2] == "*" or fields[4] == "*")
ZONES = FIELD(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))


@given(fields=CRON, zone=ZONES, now=MOMENTS)
def test_due_when_the_scheduler_fires(fields: tuple[str, ...], zone: str, now: datetime) -> None:
    """Two programs that share nothing, one of them AWS's syntax, say the same times."""
    times = schedule(cron=" ".join(fields), timezone=zone)
    definition = {"ScheduleExpression": expression(times), "ScheduleExpressionTimezone": zone}
    moment = int(now.timestamp() * 1000)
    for due in islice(following(times, now), 3):
        moment = schedule_times.next_time(definition, moment)  # type: ignore[assignment]
        assert due == datetime.fromtimestamp(moment / 1000, UTC)


def test_a_rate_keeps_its_beat_whenever_it_is_asked() -> None:
    made = datetime(2026, 1, 1, 0, 0, 30, 999, tzinfo=UTC)
    times = schedule(rate="15m")
    due = next_time(times, made, NOW)
    assert due == datetime(2026, 3, 28, 12, 0, 30, tzinfo=UTC)
    assert next_time(times, made, due) == due + timedelta(minutes=15)
    assert next(following(times, due)) == due + timedelta(minutes=15)


HOURLY = {"cron": "0 * * * *"}
ELEVEN, SIX = NOW - timedelta(hours=1), NOW - timedelta(hours=6)


@pytest.mark.parametrize(
    ("policy", "due", "hours"),
    [
        ({"missed": "skip"}, NOW, [12]),
        ({"missed": "skip"}, ELEVEN, [12]),
        ({"missed": "once"}, SIX, [12]),
        ({"missed": "once"}, NOW, [12]),
        ({"missed": "all"}, SIX, [6, 7, 8, 9, 10, 11, 12]),
        ({"missed": "all", "most": 2}, SIX, [11, 12]),
        ({"missed": "all", "most": 1}, SIX, [12]),
        ({"missed": "all"}, NOW, [12]),
    ],
)
def test_what_was_missed(policy: dict[str, Any], due: datetime, hours: list[int]) -> None:
    """A firing that arrives late stands for the times since."""
    assert [time.hour for time in due_times(schedule(**HOURLY, **policy), due, NOW)] == hours


def test_what_is_late_is_skipped_by_default() -> None:
    once = schedule(at="2026-03-28T11:00:00")
    assert due_times(once, ELEVEN, NOW) == []
    assert due_times(schedule(at="2026-03-28T11:00:00", missed="once"), ELEVEN, NOW) == [ELEVEN]
    nearly = NOW - timedelta(minutes=9)
    assert due_times(once, nearly, NOW) == [nearly]
