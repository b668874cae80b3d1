"""EventBridge Scheduler's expressions: when they are due, on days on which clocks change, too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from localcloud.errors import AwsError
from localcloud.services.schedule_times import next_time

NOON = int(datetime(2026, 3, 28, 12, tzinfo=UTC).timestamp() * 1000)  # a Saturday


def due(expression: str, zone: str = "UTC", now: int = NOON, **more: Any) -> str | None:
    definition = {"ScheduleExpression": expression, "ScheduleExpressionTimezone": zone, **more}
    moment = next_time(definition, now)
    return None if moment is None else datetime.fromtimestamp(moment / 1000, UTC).isoformat()[:16]


@pytest.mark.parametrize(
    ("expression", "zone", "expected"),
    [
        ("rate(5 minutes)", "UTC", "2026-03-28T12:05"),
        ("rate(1 day)", "UTC", "2026-03-29T12:00"),
        ("at(2026-04-01T00:00:00)", "Europe/Berlin", "2026-03-31T22:00"),
        ("at(2020-01-01T00:00:00)", "UTC", None),
        ("cron(0 2 * * ? *)", "UTC", "2026-03-29T02:00"),
        ("cron(0/15 12-13 ? * SAT *)", "UTC", "2026-03-28T12:15"),
        ("cron(5,50 12 28 MAR ? *)", "UTC", "2026-03-28T12:05"),
        ("cron(30 9 ? * MON-FRI *)", "America/New_York", "2026-03-30T13:30"),
        ("cron(0 0 ? * 1 *)", "UTC", "2026-03-29T00:00"),
        ("cron(0 0 1 1 ? 2028)", "UTC", "2028-01-01T00:00"),
        ("cron(0 0 1 1 ? 2020-2025)", "UTC", None),
        ("cron(0 0 29 2 ? *)", "UTC", "2028-02-29T00:00"),
        ("cron(0 0 L * ? *)", "UTC", "2026-03-31T00:00"),
        ("cron(0 0 LW 5 ? *)", "UTC", "2026-05-29T00:00"),
        ("cron(0 0 15W 8 ? *)", "UTC", "2026-08-14T00:00"),
        ("cron(0 0 1W 8 ? *)", "UTC", "2026-08-03T00:00"),
        ("cron(0 0 31W 5 ? *)", "UTC", "2026-05-29T00:00"),
        ("cron(0 0 ? * 6L *)", "UTC", "2026-04-24T00:00"),
        ("cron(0 0 ? * TUE#2 *)", "UTC", "2026-04-14T00:00"),
        ("cron(0 0 ? * 1#5 *)", "UTC", "2026-03-29T00:00"),
        # 02:30 does not exist on 29 March in Berlin: left out, as AWS does
        ("cron(30 2 * * ? *)", "Europe/Berlin", "2026-03-30T00:30"),
    ],
)
def test_when_it_is_due(expression: str, zone: str, expected: str | None) -> None:
    assert due(expression, zone) == expected


def test_an_hour_that_comes_twice_is_kept_once() -> None:
    first = int(
        datetime(2026, 10, 25, 0, 15, tzinfo=UTC).timestamp() * 1000
    )  # 02:15 for the first time
    assert due("cron(30 2 * * ? *)", "Europe/Berlin", first) == "2026-10-25T00:30"
    assert due("cron(30 2 * * ? *)", "Europe/Berlin", first + 900_000) == "2026-10-26T01:30"
    second = first + 3_600_000  # 02:15 for the second time
    assert due("cron(30 2 * * ? *)", "Europe/Berlin", second) == "2026-10-26T01:30"


def test_a_rate_counts_from_its_beginning_and_schedules_end() -> None:
    begin = datetime(2026, 3, 28, 11, 58, tzinfo=UTC)
    assert due("rate(5 minutes)", StartDate=begin) == "2026-03-28T12:03"
    later = datetime(2026, 3, 28, 13, tzinfo=UTC)
    assert due("rate(5 minutes)", StartDate=later) == "2026-03-28T13:00"
    assert due("rate(5 minutes)", StartDate=later.isoformat()) == "2026-03-28T13:00"
    assert due("cron(0 * * * ? *)", EndDate=begin) is None


@pytest.mark.parametrize(
    "nonsense",
    [
        "every day", "cron(* * *)", "cron(99 * * * ? *)", "cron(* * * * * *)", "cron(* * ? * ? *)",
        "cron(* * 1 * MON *)", "cron(5-1 * * * ? *)", "cron(0 0 ? * 8 *)", "cron(0 0 ? * MON#6 *)",
        "cron(0 0 W * ? *)", "cron(a * * * ? *)", "cron(*/0 * * * ? *)", "cron(0 0 1 FOO ? *)",
        "rate(0 minutes)", "rate(5 seconds)", "at(2026-99-01T00:00:00)", "at(noon)", "",
    ],
)  # fmt: skip
def test_nonsense_is_refused(nonsense: str) -> None:
    with pytest.raises(AwsError, match="Invalid Schedule Expression"):
        due(nonsense)
    with pytest.raises(AwsError, match="Timezone"):
        due("rate(1 day)", "Mars/Olympus")
