"""``$fromMillis`` and ``$toMillis``: dates and times by XPath's pictures.

Right where JSONata 2.0.6 slips: offsets such as -0330, days of the year with a time of day, and
(as of JSONata 2.2) fractions of a second, and numbers side by side.
https://www.w3.org/TR/xpath-functions-31/#rules-for-datetime-formatting
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from asl.jsonata import words
from asl.jsonata.calendar import DAY, MOST, Moment, days_before, moment, week_of_month, week_of_year
from asl.jsonata.catalogue import FunctionError
from asl.jsonata.date_pictures import ISO, ZONES, Marker, analyse_date
from asl.jsonata.integers import IntegerPicture, read, written

_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_ISO = re.compile(
    r"(\d{4})(?:-([01]\d))?(?:-([0-3]\d))?(?:T([0-2]\d):([0-5]\d):([0-5]\d)(\.\d+)?)?"
    r"([+-][0-2]\d:?[0-5]\d|Z)?",
    re.ASCII,
)
_MOST_TEXT = 1000
"""A longer text is no date."""


def from_millis(millis: float, picture: str | None = None, zone: str | None = None) -> str:
    """A time as text.

    Args:
        millis: since the epoch.
        picture: ISO 8601 where there is none.
        zone: an offset such as ``+0100``.

    Raises:
        FunctionError: the picture is none, or the time is beyond what JavaScript knows.
    """
    parts = analyse_date(ISO if picture is None else picture)
    offset = 0 if zone is None else _offset(zone)
    at = millis + offset * 60_000
    if not -MOST <= at <= MOST:
        raise FunctionError("D3137", f"The time {millis} is out of range")
    now = moment(int(at))
    if picture is None and 0 <= now.year <= 9999:
        return _iso(now, offset)
    return "".join(
        part if isinstance(part, str) else _component(part, now, offset) for part in parts
    )


def _offset(zone: str) -> int:
    """Minutes."""
    match = re.match(r"\s*([+-]?)([0-9]{1,9})", zone)
    if match is None:
        raise FunctionError("D3137", f"{zone} is not an offset such as +0100")
    minutes = int(match[2]) // 100 * 60 + int(match[2]) % 100
    return -minutes if match[1] == "-" else minutes


def _iso(now: Moment, offset: int) -> str:
    """What the picture ``ISO`` writes, by far the commonest."""
    year, month, day, hour, minute, second, millisecond, _ = now
    sign, (hours, minutes) = "-" if offset < 0 else "+", divmod(abs(offset), 60)
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}" + (
        f"{sign}{hours:02}:{minutes:02}" if offset else "Z"
    )


def _component(marker: Marker, now: Moment, offset: int) -> str:
    match marker.component:
        case "Z" | "z":
            return _zone(marker, offset)
        case "P":
            half = "pm" if now.hour >= 12 else "am"
            return half.upper() if marker.names == "upper" else half
        case "C" | "E":
            return "ISO"
    value = _VALUES[marker.component](now)
    if marker.names is not None:
        return _name(marker, value)
    assert marker.number is not None
    if marker.year_digits is not None:
        value = value % 10**marker.year_digits if value >= 0 else value
    return written(value, marker.number)


_VALUES: dict[str, Callable[[Moment], int]] = {
    "Y": lambda now: now.year,
    "M": lambda now: now.month,
    "D": lambda now: now.day,
    "d": lambda now: days_before(*now[:3]) - days_before(now.year, 1, 1) + 1,
    "F": lambda now: now.weekday,
    "W": lambda now: week_of_year(now)[1],
    "X": lambda now: week_of_year(now)[0],
    "w": lambda now: week_of_month(now)[1],
    "x": lambda now: week_of_month(now)[0],
    "H": lambda now: now.hour,
    "h": lambda now: now.hour % 12 or 12,
    "P": lambda now: int(now.hour >= 12),
    "m": lambda now: now.minute,
    "s": lambda now: now.second,
    "f": lambda now: now.millisecond,
}


def _name(marker: Marker, value: int) -> str:
    name = _known_names(marker.component)[value - 1]
    if marker.names != "title":
        name = name.upper() if marker.names == "upper" else name.lower()
    return name[: marker.most]


def _known_names(component: str) -> list[str]:
    if component == "F":
        return _DAYS
    if component not in {"M", "x"}:
        raise FunctionError("D3133", component)
    return _MONTHS


def _zone(marker: Marker, offset: int) -> str:
    number = marker.number
    assert number is not None
    hours, minutes = divmod(abs(offset), 60)
    if offset == 0 and marker.traditional:
        return "Z"
    sign = "-" if offset < 0 else "+"
    if number.every or number.mandatory in {3, 4}:
        text = written(hours * 100 + minutes, number)
    elif number.mandatory in {1, 2}:
        text = written(hours, number) + (f":{minutes:02}" if minutes else "")
    else:
        raise FunctionError("D3134")
    return ("GMT" if marker.component == "z" else "") + sign + text


# -- from text ------------------------------------------------------------------------------------


def to_millis(text: str, picture: str | None, now: float) -> float | None:
    """The milliseconds since the epoch that a text names, or None where it is not as the picture.

    Args:
        text: the time as text.
        picture: ISO 8601 where there is none.
        now: where a text without a date takes its date from.

    Raises:
        FunctionError: the picture is none or is not enough; the text is not ISO 8601.
    """
    if picture is None:
        return _from_iso(text)
    found = _scan(text, picture) if len(text) <= _MOST_TEXT else None
    if not found:
        return None
    return _assembled(found, moment(int(now)))


def _from_iso(text: str) -> float:
    match = _ISO.fullmatch(text) if len(text) <= _MOST_TEXT else None
    if match is None:
        raise FunctionError("D3110", text[:_MOST_TEXT])
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    wrong = (
        (match[2] is not None and not 1 <= month <= 12)
        or (match[3] is not None and not 1 <= day <= 31)
        or hour > 24
        or (hour == 24 and minute + second > 0)
    )
    zone = (match[8] or "Z").replace("Z", "0").replace(":", "")
    if wrong or (match[4] is None and len(zone) > 1) or zone[1:3] > "23":
        raise FunctionError("D3110", text)
    days = days_before(year, month or 1, day or 1)
    millis = int((match[7] or ".0")[1:4].ljust(3, "0"))
    return days * DAY + ((hour * 60 + minute - _offset(zone)) * 60 + second) * 1000 + millis


class _Reader(NamedTuple):
    """How one part of a text is read."""

    pattern: re.Pattern[str]
    marker: Marker | None


@lru_cache(maxsize=1024)
def _readers(picture: str) -> tuple[_Reader, ...]:
    readers = []
    for part in analyse_date(picture):
        marker = None if isinstance(part, str) else part
        pattern = re.escape(part) if isinstance(part, str) else _pattern(part)
        readers.append(_Reader(re.compile(pattern, re.IGNORECASE | re.ASCII), marker))
    return tuple(readers)


def _pattern(marker: Marker) -> str:
    """What a component looks like. Each reads as far as it can and never goes back."""
    number = marker.number
    if marker.component in ZONES:
        between = re.escape(number.separators[0][1]) if number and number.every else ""
        minutes = f"{between}[0-9]+" if between else ""
        return ("GMT" if marker.component == "z" else "") + rf"[-+][0-9]++{minutes}"
    if number is None:
        if marker.component != "P":
            _known_names(marker.component)
        return "[a-z]++"
    match number.primary:
        case "letters":
            return "[a-z]++"
        case "roman":
            return "[mdclxvi]++"
        case "words":
            return words.PATTERN
    return _digits(number, tight=marker.tight and marker.component != "f")


def _digits(number: IntegerPicture, *, tight: bool) -> str:
    digits = f"[0-9]{{{number.mandatory}}}" if tight else "[0-9]++"
    return digits + ("(?:th|st|nd|rd)" if number.ordinal else "")


def _scan(text: str, picture: str) -> dict[str, float | None]:
    """The components that the text gives; none where it is not as the picture."""
    found: dict[str, float | None] = {}
    at = 0
    for pattern, marker in _readers(picture):
        match = pattern.match(text, at)
        if match is None:
            return {}
        at = match.end()
        if marker is not None:
            found[marker.component] = _read(marker, match[0])
    return found if at == len(text) else {}


def _read(marker: Marker, text: str) -> float | None:
    if marker.component in ZONES:
        return _read_zone(marker, text)
    if marker.component == "f":
        return int(text[:3].ljust(3, "0"))
    if marker.number is not None:
        return read(text, marker.number)
    if marker.component == "P":
        return {"am": 0, "AM": 0, "pm": 1, "PM": 1}.get(text)
    names = [name[: marker.most] for name in _known_names(marker.component)]
    return names.index(text) + 1 if text in names else None


def _read_zone(marker: Marker, text: str) -> int:
    digits = re.findall("[0-9]+", text)
    sign = -1 if "-" in text else 1
    if len(digits) == 1:
        cut = max(2, len(digits[0]) - 2) if len(digits[0]) > 2 else 2
        digits = [digits[0][:cut], digits[0][cut:]]
    return sign * (int(digits[0][:9]) * 60 + int(digits[1][:9] or 0))


_DATE_KINDS = ("YMD", "Yd", "XxwF", "XWF")
_TIME_KINDS = ("Hmsf", "Phmsf")
_FROM_ONE = frozenset("MDd")


def _assembled(found: dict[str, float | None], now: Moment) -> float:
    date, time = _kinds(found)
    if "X" in date:
        raise FunctionError("D3136")  # weeks are written, but (as in JSONata) never read
    parts = _completed(found, date + time, now)
    hour = int(parts["H"] if "H" in parts else _half_day(parts["h"]) + parts["P"] * 12)
    year = int(parts["Y"])
    if 0 <= year <= 99:
        year += 1900  # as JavaScript's Date.UTC
    if abs(year) > 300_000:
        raise FunctionError("D3137", f"The year {year} is out of range")
    days = days_before(year, int(parts.get("M", 1)), int(parts.get("D", parts.get("d", 1))))
    zone = found.get("Z") or found.get("z") or 0
    minutes = hour * 60 + int(parts["m"]) - zone
    return days * DAY + (minutes * 60 + int(parts["s"])) * 1000 + int(parts["f"])


def _half_day(hour: float) -> float:
    return 0 if hour == 12 else hour


def _kinds(found: dict[str, float | None]) -> tuple[str, str]:
    """Which components make up the date and the time: those that include all that are given."""
    date = {part for part in "YXMxWwdD" if found.get(part)}
    time = {part for part in "PHhmsf" if found.get(part)}
    if found.get("F") is not None and date & set("XxWw"):
        date.add("F")
    return (
        next((kind for kind in _DATE_KINDS if date <= set(kind)), "YMD"),
        next((kind for kind in _TIME_KINDS if time <= set(kind)), "Hmsf"),
    )


def _completed(found: dict[str, float | None], kinds: str, now: Moment) -> dict[str, float]:
    """Every component: before the first that is given it is now, after the last it is zero.

    Raises:
        FunctionError: one between two that are given is missing.
    """
    given = [number for number, part in enumerate(kinds) if found.get(part) is not None]
    if any(after - before > 1 for before, after in pairwise(given)):
        raise FunctionError("D3136")
    parts: dict[str, float] = {}
    for number, part in enumerate(kinds):
        value = found.get(part)
        if value is None:
            current = not given or number < given[0]
            value = _VALUES[part](now) if current else int(part in _FROM_ONE)
        parts[part] = value
    return parts
