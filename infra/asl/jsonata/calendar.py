"""Days, weeks and milliseconds in the proleptic Gregorian calendar, for any year.

Python's ``datetime`` knows the years 1 to 9999 only; JSONata's dates are JavaScript's, which go
from -271821 to 275760.
"""

from __future__ import annotations

from typing import NamedTuple

DAY = 86_400_000
"""Milliseconds."""
WEEK = 7 * DAY
MOST = 8_640_000_000_000_000
"""The last millisecond that JavaScript can name, counted from the epoch, and the first negated."""


class Moment(NamedTuple):
    """A point in time, taken apart. ``weekday`` is 1 for Monday to 7 for Sunday."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    millisecond: int
    weekday: int


def days_before(year: int, month: int, day: int) -> int:
    """Days from the epoch to a date; months and days beyond their range run over.

    http://howardhinnant.github.io/date_algorithms.html (days_from_civil)
    """
    year += (month - 1) // 12
    month = (month - 1) % 12 + 1
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5
    days = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * 146_097 + days - 719_468 + day - 1


def date_of(days: int) -> tuple[int, int, int]:
    """The year, month and day so many days after the epoch (civil_from_days)."""
    era, day_of_era = divmod(days + 719_468, 146_097)
    year = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year + year // 4 - year // 100)
    month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    return year + era * 400 + (month <= 2), month, day


def moment(milliseconds: int) -> Moment:
    """Takes milliseconds since the epoch apart."""
    days, rest = divmod(milliseconds, DAY)
    seconds, millisecond = divmod(rest, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    weekday = (days + 3) % 7 + 1
    return Moment(*date_of(days), hour, minute, second, millisecond, weekday)


def first_week(year: int, month: int) -> int:
    """The day (from the epoch) on which the first week of a month begins.

    As in ISO 8601 a week begins on Monday and belongs where its Thursday is.
    """
    first = days_before(year, month, 1)
    weekday = (first + 3) % 7 + 1
    return first + (8 - weekday if weekday > 4 else 1 - weekday)


def week_of_year(at: Moment) -> tuple[int, int]:
    """The ISO year and week."""
    today = days_before(at.year, at.month, at.day)
    for year in (at.year + 1, at.year, at.year - 1):
        start = first_week(year, 1)
        if today >= start:
            return year, (today - start) // 7 + 1
    raise AssertionError("a day is after the first week of the year before")


def week_of_month(at: Moment) -> tuple[int, int]:
    """The month that the day's week belongs to, and the week's number in it."""
    today = days_before(at.year, at.month, at.day)
    for month in (at.month + 1, at.month, at.month - 1):
        start = first_week(at.year, month)
        if today >= start:
            return (month - 1) % 12 + 1, (today - start) // 7 + 1
    raise AssertionError("a day is after the first week of the month before")
