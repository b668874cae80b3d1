"""The pictures of ``$fromMillis`` and ``$toMillis``, such as ``[D1o] [MNn] [Y0001]``.

https://www.w3.org/TR/xpath-functions-31/#date-picture-string
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from asl.jsonata.catalogue import FunctionError
from asl.jsonata.integers import IntegerPicture, analyse

_DEFAULTS = {
    **dict.fromkeys("YMDdWwXxHhf", "1"),
    **dict.fromkeys("ms", "01"),
    **dict.fromkeys("FPCE", "n"),
    **dict.fromkeys("Zz", "01:01"),
}
NUMBERS = frozenset("YMDdFWwXxHhmsf")
ZONES = frozenset("Zz")
ISO = "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]"
_WIDTH = re.compile(r"(\d+|\*)(?:-(\d+|\*))?")
_MOST_DIGITS = 1000
_MOST_TEXT = 1000


@dataclass(frozen=True, slots=True)
class Marker:
    """A variable part: ``[M01]`` and the like."""

    component: str
    names: str | None = None
    """``lower``, ``upper`` or ``title`` where it is written as a name."""
    least: int | None = None
    most: int | None = None
    number: IntegerPicture | None = None
    traditional: bool = False
    """``[Z…t]``: a time zone of zero is ``Z``."""
    year_digits: int | None = None
    """How many last digits of a year are written; None for all."""
    tight: bool = False
    """Another number follows at once, so that this one's digits have to be counted."""


Part = str | Marker
"""Literal text is a plain string."""


@lru_cache(maxsize=1024)
def analyse_date(picture: str) -> tuple[Part, ...]:
    """Takes a picture apart.

    Raises:
        FunctionError: D3130, D3131, D3132 or D3135.
    """
    if len(picture) > _MOST_TEXT:
        raise FunctionError("D3137", f"A picture has no more than {_MOST_TEXT} characters")
    parts: list[Part] = []
    at = 0
    while (opening := picture.find("[", at)) >= 0:
        if opening > at:
            parts.append(_literal(picture[at:opening]))
        if picture.startswith("[[", opening):
            parts.append("[")
            at = opening + 2
            continue
        closing = picture.find("]", opening)
        if closing < 0:
            raise FunctionError("D3135")
        parts.append(_marker("".join(picture[opening + 1 : closing].split())))
        at = closing + 1
    if at < len(picture):
        parts.append(_literal(picture[at:]))
    return tuple(_tightened(part, parts[number + 1 :]) for number, part in enumerate(parts))


def _literal(text: str) -> str:
    return text.replace("]]", "]")


def _tightened(part: Part, following: list[Part]) -> Part:
    """JSONata 2.1: of two numbers side by side the first has as many digits as it says."""
    after = following[0] if following else ""
    if isinstance(part, str) or isinstance(after, str) or not (part.number and after.number):
        return part
    if part.component in ZONES or after.component in ZONES:
        return part
    return replace(part, tight=True)


def _marker(text: str) -> Marker:
    component = text[:1]
    if component not in _DEFAULTS:
        raise FunctionError("D3132", component)
    presentation, comma, width = text[1:].rpartition(",")
    if not comma:
        presentation, width = text[1:], ""
    least, most = _width(width)
    second = ""
    if len(presentation) > 1 and presentation[-1] in "atco":
        presentation, second = presentation[:-1], presentation[-1]
    presentation = presentation or _DEFAULTS[component]
    names = _names(presentation)
    number = _number(component, presentation, second, least) if names is None else None
    if component in ZONES:
        number = analyse(presentation)
    year_digits = None
    if component == "Y" and number is not None:
        digits = number.mandatory + number.optional
        year_digits = most if most is not None else digits if digits >= 2 else None
        number = number if most is None else replace(number, mandatory=most)
    return Marker(component, names, least, most, number, second == "t", year_digits)


def _number(
    component: str, presentation: str, second: str, least: int | None
) -> IntegerPicture | None:
    if component not in NUMBERS:
        return None
    number = analyse(f"{presentation};{second}" if second else presentation)
    return number.at_least(least) if least is not None else number


def _width(text: str) -> tuple[int | None, int | None]:
    match = _WIDTH.fullmatch(text)
    if match is None:
        return None, None
    return _digits(match[1]), _digits(match[2])


def _digits(text: str | None) -> int | None:
    return None if text is None or text == "*" else min(int(text[:9]), _MOST_DIGITS)


def _names(presentation: str) -> str | None:
    if presentation[0] == "n":
        return "lower"
    if presentation[0] != "N":
        return None
    return "title" if presentation[1:2] == "n" else "upper"
