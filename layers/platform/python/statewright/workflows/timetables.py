"""Timetables: five-field cron, rates and moments, as EventBridge Scheduler takes and keeps them.

On days on which clocks change, EventBridge Scheduler leaves out a time that does not exist, and
keeps one that exists twice once. Times computed here agree with that, so that what was missed can
be told (https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from statewright.workflows.definition import Timetable, seconds

_SOME_DAY = datetime(2026, 1, 1)
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
MAX_EXPRESSION = 256


def read_cron(cron: str) -> CronSim:
    """A cron expression with five fields.

    Raises:
        ValueError: it is not one, never comes, or is one that EventBridge Scheduler cannot keep.
    """
    if len(cron.split()) != 5:
        raise ValueError(
            "a cron expression has five fields (minute hour day month weekday), "
            f"not {len(cron.split())}"
        )
    try:
        found = CronSim(cron, _SOME_DAY)
        next(found)
    except CronSimError as error:
        raise ValueError(f"is not a cron expression: {error}") from None
    except StopIteration:
        raise ValueError("is a time that never comes") from None
    if len(_aws_cron(CronSim(cron, _SOME_DAY))) > MAX_EXPRESSION:
        raise ValueError("lists too many times: use two triggers")
    return CronSim(cron, _SOME_DAY)


def expression(times: Timetable) -> str:
    """The timetable as EventBridge Scheduler writes it."""
    if times.rate is not None:
        return _aws_rate(seconds(times.rate) // 60)
    if times.at is not None:
        moment = moment_of(times).astimezone(ZoneInfo(times.timezone))
        return f"at({moment:%Y-%m-%dT%H:%M:%S})"
    return _aws_cron(read_cron(str(times.cron)))


def _aws_rate(minutes: int) -> str:
    return f"rate({minutes} {'minute' if minutes == 1 else 'minutes'})"


def _aws_cron(cron: CronSim) -> str:
    every_day, every_weekday = set(cron.days) >= set(range(1, 32)), _is_every_weekday(cron.weekdays)
    if not every_day and not every_weekday:
        raise ValueError("names days of the month and of the week: use a trigger for each")
    days = "?" if not every_weekday else _month_days(cron.days)
    weekdays = _weekdays(cron.weekdays) if not every_weekday else "?"
    parts = (_listed(cron.minutes, 60), _listed(cron.hours, 24), days)
    return f"cron({' '.join(parts)} {_listed(cron.months, 12)} {weekdays} *)"


def _is_every_weekday(found: Iterable[Any]) -> bool:
    return {day % 7 for day in found if isinstance(day, int)} == set(range(7))


def _month_days(found: Iterable[int]) -> str:
    days = set(found)
    for special, text in ((CronSim.LAST, "L"), (CronSim.LAST_WEEKDAY, "LW")):
        if special in days:
            if len(days) > 1:
                raise ValueError("joins the last day with others: use a trigger for each")
            return text
    return _listed(days, 31)


def _weekdays(found: Iterable[Any]) -> str:
    special = [day for day in found if isinstance(day, tuple)]
    if not special:
        return ",".join(_DAYS[day] for day in sorted({day % 7 for day in found}))
    if len(set(found)) > 1:
        raise ValueError("joins one such weekday with others: use a trigger for each")
    day, nth = special[0]
    number = day % 7 + 1
    return f"{number}L" if nth == CronSim.LAST else f"{number}#{nth}"


def _listed(found: Iterable[int], size: int) -> str:
    values = sorted(found)
    if len(values) == size:
        return "*"
    if len(values) > 2 and values[-1] - values[0] == len(values) - 1:
        return f"{values[0]}-{values[-1]}"
    return ",".join(map(str, values))


def moment_of(times: Timetable) -> datetime:
    """The moment of a timetable with ``at``; in its time zone, unless the text names one."""
    found = datetime.fromisoformat(str(times.at))
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(times.timezone))


def start_of(times: Timetable, made: datetime, now: datetime) -> datetime | None:
    """What a rate counts from: the first of its times after ``now``, as they follow ``made``."""
    if times.rate is None:
        return None
    step = timedelta(seconds=seconds(times.rate))
    whole = made.replace(microsecond=0)
    return whole + step * ((now - whole) // step + 1)


def following(times: Timetable, moment: datetime) -> Iterator[datetime]:
    """The times after one of the timetable's, in UTC and in order."""
    if times.at is not None:
        return
    if times.rate is not None:
        while True:
            moment = moment + timedelta(seconds=seconds(times.rate))
            yield moment
    zone = ZoneInfo(times.timezone)
    wall = moment.astimezone(zone).replace(tzinfo=None)
    for found in CronSim(str(times.cron), wall):
        local = found.replace(tzinfo=zone)
        due = local.astimezone(UTC)
        exists = due.astimezone(zone).replace(tzinfo=None) == found
        if exists and due > moment:
            yield due


def next_time(times: Timetable, made: datetime, now: datetime) -> datetime | None:
    """When the timetable is due next."""
    if times.at is not None:
        moment = moment_of(times).astimezone(UTC)
        return moment if moment > now else None
    return start_of(times, made, now) or next(following(times, now), None)
