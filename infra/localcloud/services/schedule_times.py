"""When a schedule of EventBridge Scheduler is due: ``at``, ``rate`` and AWS's own form of ``cron``.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html. On days on which clocks
change, a time that does not exist is left out, and one that exists twice is kept once.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from localcloud.errors import AwsError

_RATE = re.compile(r"rate\(([1-9]\d*) (minute|hour|day)(s?)\)")
_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
_CRON = re.compile(r"cron\((.+)\)")
_UNIT = {"minute": 60_000, "hour": 3_600_000, "day": 86_400_000}
_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_WEEKDAYS = {
    name: number for number, name in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], 1)
}
_LAST_YEAR = 2199
Days = Callable[[int, int], set[int]]
"""The days of a month (year, month) on which a schedule is due."""


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron expression, read."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: Days
    months: tuple[int, ...]
    years: tuple[int, ...]

    def after(self, start: datetime) -> Iterator[datetime]:
        """The wall-clock times after ``start``, in order."""
        for year in self.years:
            for month in self.months:
                if (year, month) < (start.year, start.month):
                    continue
                for day in sorted(self.days(year, month)):
                    for hour in self.hours:
                        for minute in self.minutes:
                            moment = datetime(year, month, day, hour, minute)
                            if moment > start:
                                yield moment


def next_time(definition: dict[str, Any], now: int) -> int | None:
    """When a schedule is due next, in milliseconds since the epoch; None for never again.

    Args:
        definition: CreateSchedule's parameters. A rate counts from ``StartDate``; without one,
            from ``now``.

    Raises:
        AwsError: ValidationException: the expression or the time zone is not one.
    """
    begin, end = _moment(definition.get("StartDate")), _moment(definition.get("EndDate"))
    found = _next(definition, now if begin is None else max(now, begin - 1), begin)
    return None if found is None or (end is not None and found > end) else found


def _next(definition: dict[str, Any], now: int, begin: int | None) -> int | None:
    text = definition["ScheduleExpression"]
    zone = _zone(definition.get("ScheduleExpressionTimezone") or "UTC")
    if rate := _RATE.fullmatch(text):
        step = int(rate[1]) * _UNIT[rate[2]]
        anchor = now if begin is None else begin - step
        return anchor + step * ((now - anchor) // step + 1)
    if at := _AT.fullmatch(text):
        return _at(at[1], text, zone, now)
    if found := _CRON.fullmatch(text):
        return _next_cron(_parse(found[1]), zone, now)
    raise _invalid(text)


def _moment(value: Any) -> int | None:
    """A date as boto3 gives it, or as it was stored, in milliseconds."""
    if value is None:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise AwsError(
            "ValidationException", f"Invalid ScheduleExpressionTimezone {name}."
        ) from None


def _at(moment: str, text: str, zone: ZoneInfo, now: int) -> int | None:
    try:
        due = int(datetime.fromisoformat(moment).replace(tzinfo=zone).timestamp() * 1000)
    except ValueError:
        raise _invalid(text) from None
    return due if due > now else None


def _next_cron(cron: Cron, zone: ZoneInfo, now: int) -> int | None:
    start = datetime.fromtimestamp(now / 1000, zone).replace(tzinfo=None)
    for wall in cron.after(start):
        moment = wall.replace(tzinfo=zone)
        exists = moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall
        due = int(moment.timestamp() * 1000)
        if exists and due > now:
            return due
    return None


# -- reading cron ---------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _parse(text: str) -> Cron:
    fields = text.upper().split()
    if len(fields) != 6:
        raise _invalid(f"cron({text})")
    minute, hour, day, month, weekday, year = fields
    if (day == "?") == (weekday == "?"):  # AWS: exactly one of the two says "any"
        raise _invalid(f"cron({text})")
    try:
        return Cron(
            _numbers(minute, 0, 59),
            _numbers(hour, 0, 23),
            _days(day) if weekday == "?" else _weekdays(weekday),
            _numbers(month, 1, 12, _MONTHS),
            _numbers(year, 1970, _LAST_YEAR),
        )
    except ValueError:
        raise _invalid(f"cron({text})") from None


def _numbers(
    field: str, low: int, high: int, names: dict[str, int] | None = None
) -> tuple[int, ...]:
    found: set[int] = set()
    for part in field.split(","):
        found |= set(_range(part, low, high, names or {}))
    return tuple(sorted(found))


def _range(part: str, low: int, high: int, names: dict[str, int]) -> range:
    span, slash, step = part.partition("/")
    first, dash, last = span.partition("-")
    start = low if first == "*" else _number(first, low, high, names)
    open_end = high if first == "*" or slash else start
    end = _number(last, low, high, names) if dash else open_end
    width = _number(step, 1, high, {}) if slash else 1
    if end < start or (dash and first == "*"):
        raise ValueError(part)
    return range(start, end + 1, width)


def _number(text: str, low: int, high: int, names: dict[str, int]) -> int:
    value = names[text] if text in names else int(text) if text.isdecimal() else -1
    if not low <= value <= high:
        raise ValueError(text)
    return value


def _days(field: str) -> Days:
    """Days of the month: numbers, ``L`` for the last one, ``15W`` for the nearest weekday."""
    if field == "L":
        return lambda year, month: {calendar.monthrange(year, month)[1]}
    if field == "LW":
        return lambda year, month: {_workday(year, month, calendar.monthrange(year, month)[1])}
    if field.endswith("W"):
        near = _number(field[:-1], 1, 31, {})
        return lambda y, m: (
            {_workday(y, m, near)} if near <= calendar.monthrange(y, m)[1] else set()
        )
    days = set(_numbers(field, 1, 31))
    return lambda year, month: {day for day in days if day <= calendar.monthrange(year, month)[1]}


def _workday(year: int, month: int, near: int) -> int:
    """The weekday nearest to a day, without leaving the month."""
    last = calendar.monthrange(year, month)[1]
    weekday = date(year, month, near).weekday()
    if weekday == 5:
        return near - 1 if near > 1 else near + 2
    if weekday == 6:
        return near + 1 if near < last else near - 2
    return near


def _weekdays(field: str) -> Days:
    """Days of the week, 1 for Sunday: numbers or names, ``6L`` the last, ``6#3`` the third one."""
    if field.endswith("L") and field != "L":
        last = _number(field[:-1], 1, 7, _WEEKDAYS)
        return lambda year, month: {_on(year, month, last)[-1]}
    name, hash_, which = field.partition("#")
    if hash_:
        nth, day = _number(which, 1, 5, {}), _number(name, 1, 7, _WEEKDAYS)
        return lambda year, month: set(_on(year, month, day)[nth - 1 : nth])
    days = (7,) if field == "L" else _numbers(field, 1, 7, _WEEKDAYS)
    return lambda year, month: {found for day in days for found in _on(year, month, day)}


def _on(year: int, month: int, weekday: int) -> list[int]:
    """The days of a month that are a day of the week, 1 for Sunday."""
    first = date(year, month, 1)
    ahead = timedelta(days=(weekday - 2 - first.weekday()) % 7)
    return list(range((first + ahead).day, calendar.monthrange(year, month)[1] + 1, 7))


def _invalid(text: str) -> AwsError:
    return AwsError("ValidationException", f"Invalid Schedule Expression {text}.")
