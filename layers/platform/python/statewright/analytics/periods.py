"""Periods of the calendar in a time zone: where they begin and end, and which came before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import assert_never
from zoneinfo import ZoneInfo, available_timezones

from statewright.analytics.models import Between, Grain, Last, Period
from statewright.errors import InvalidError, Issue

MAX_YEARS = 10
MAX_PERIODS = 2_000
"""The most points of a line."""
_HOUR = timedelta(hours=1)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment to before another, seen from a time zone."""

    since: datetime
    until: datetime
    zone: ZoneInfo


def zone_of(name: str, pointer: str = "/time_zone") -> ZoneInfo:
    """A time zone of the IANA database.

    Raises:
        InvalidError: there is none of that name.
    """
    if name not in _zone_names():
        issue = Issue(pointer, "is no time zone", "Europe/Berlin")
        raise InvalidError("There is no such time zone.", (issue,))
    return ZoneInfo(name)


@cache
def _zone_names() -> frozenset[str]:
    """The names of all time zones: found by looking through the whole database, so only once."""
    return frozenset(available_timezones())


def resolve(period: Period, zone: ZoneInfo, now: datetime) -> Span:
    """The moments that a period means.

    Raises:
        InvalidError: it is empty, or longer than ten years.
    """
    match period:
        case Last():
            first = _truncate(now.astimezone(zone), period.unit, zone)
            since = step(first, period.unit, 1 - period.last, zone)
            span = Span(since, step(first, period.unit, 1, zone), zone)
        case Between():
            span = Span(_moment(period.since, zone), _moment(period.until, zone), zone)
        case _:
            assert_never(period)
    if span.until <= span.since:
        raise InvalidError("The period is empty.", (Issue("/period", "ends before it begins"),))
    if span.until - span.since > timedelta(days=366 * MAX_YEARS):
        issue = Issue("/period", f"is longer than {MAX_YEARS} years")
        raise InvalidError(f"A period has {MAX_YEARS} years at the most.", (issue,))
    return span


def _moment(value: datetime, zone: ZoneInfo) -> datetime:
    if not 1970 <= value.year <= 2200:
        raise InvalidError("That is outside of time.", (Issue("/period", "is not a usual year"),))
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def previous(span: Span, period: Period, how: str) -> Span:
    """The period to compare with: the one before, or the same of the year before."""
    if how == "previous_year":
        return Span(
            _years_back(span.since, span.zone), _years_back(span.until, span.zone), span.zone
        )
    if isinstance(period, Last):
        return Span(step(span.since, period.unit, -period.last, span.zone), span.since, span.zone)
    local = [moment.astimezone(span.zone) for moment in (span.since, span.until)]
    if all(moment.time() == time() for moment in local):  # whole days stay whole days
        days = (local[1].date() - local[0].date()).days
        return Span(step(span.since, "day", -days, span.zone), span.since, span.zone)
    return Span(span.since - (span.until - span.since), span.since, span.zone)


def _years_back(moment: datetime, zone: ZoneInfo) -> datetime:
    local = moment.astimezone(zone)
    day = 28 if (local.month, local.day) == (2, 29) else local.day
    return local.replace(year=local.year - 1, day=day).astimezone(UTC)


def starts(span: Span, grain: Grain) -> list[datetime]:
    """Where each period of a grain begins, the first perhaps before the span does.

    Raises:
        InvalidError: there are too many.
    """
    found = []
    for moment in _walk(span, grain):
        found.append(moment)
        if len(found) > MAX_PERIODS:
            issue = Issue("/grain", f"gives more than {MAX_PERIODS:,} periods")
            raise InvalidError("Choose a coarser grain or a shorter period.", (issue,))
    return found


def _walk(span: Span, grain: Grain) -> Iterator[datetime]:
    moment = _truncate(span.since.astimezone(span.zone), grain, span.zone)
    while moment < span.until:
        yield moment
        moment = step(moment, grain, 1, span.zone)


def _truncate(local: datetime, grain: str, zone: ZoneInfo) -> datetime:
    """The beginning of the local period in which a moment lies, in UTC."""
    if grain == "hour":
        return local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    day = local.date()
    match grain:
        case "week":
            day -= timedelta(days=day.weekday())
        case "month":
            day = day.replace(day=1)
        case "quarter":
            day = day.replace(month=day.month - (day.month - 1) % 3, day=1)
        case "year":
            day = day.replace(month=1, day=1)
    return midnight(day, zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def step(moment: datetime, grain: str, count: int, zone: ZoneInfo) -> datetime:
    """So many periods later; days and longer ones by the local calendar."""
    if grain == "hour":
        return moment + count * _HOUR
    local = moment.astimezone(zone)
    if grain in _MONTHS:
        months = local.year * 12 + local.month - 1 + count * _MONTHS[grain]
        if not 1 <= months // 12 <= 9999:
            raise InvalidError("That is outside of time.", (Issue("/period", "is too long"),))
        day = date(months // 12, months % 12 + 1, 1)
    else:
        day = local.date() + timedelta(days=count * (7 if grain == "week" else 1))
    return midnight(day, zone)


def has_whole_hours(span: Span) -> bool:
    """Whether hours begin when they do in UTC, all through a span, and it begins and ends so."""
    moments = [span.since, span.until]
    day = span.since
    while day < span.until:
        moments.append(day)
        day += timedelta(days=1)
    offsets = {moment.astimezone(span.zone).utcoffset() or timedelta() for moment in moments}
    edges = (span.since, span.until)
    return all(not offset % _HOUR for offset in offsets) and all(
        (edge.minute, edge.second, edge.microsecond) == (0, 0, 0) for edge in edges
    )


def has_whole_days(span: Span) -> bool:
    """Whether a span begins and ends with a local day."""
    return all(
        moment == midnight(moment.astimezone(span.zone).date(), span.zone)
        for moment in (span.since, span.until)
    )
