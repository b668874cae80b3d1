"""``$formatNumber``: numbers by XPath's pictures, such as ``#,##0.00``.

https://www.w3.org/TR/xpath-functions-31/#func-format-number
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from functools import lru_cache

from asl.jsonata.catalogue import FunctionError
from asl.jsonata.integers import grouped

_DEFAULTS = {
    "decimal-separator": ".",
    "grouping-separator": ",",
    "exponent-separator": "e",
    "minus-sign": "-",
    "percent": "%",
    "per-mille": "\u2030",
    "zero-digit": "0",
    "digit": "#",
    "pattern-separator": ";",
}
_WORDS = frozenset({"minus-sign", "percent", "per-mille"})
"""Symbols that may be longer than a character."""
_MOST_FRACTION = 100
_MOST_TEXT = 1000
"""Digits after the point: JavaScript's ``toFixed`` writes no more."""
_MOST_SCALE = 300
_EXACT = Context(prec=1000)


@dataclass(frozen=True, slots=True)
class Symbols:
    """The characters that mean something in a picture."""

    decimal: str
    grouping: str
    exponent: str
    minus: str
    percent: str
    mille: str
    zero: str
    digit: str
    pattern: str

    @property
    def digits(self) -> str:
        """The ten decimal digits."""
        first = ord(self.zero)
        return "".join(map(chr, range(first, first + 10)))

    def is_active(self, character: str) -> bool:
        """Whether a picture's number is made of it."""
        marks = {self.decimal, self.exponent, self.grouping, self.digit, self.pattern}
        return character in self.digits or character in marks


@dataclass(frozen=True, slots=True)
class _Parts:
    """A sub-picture taken apart."""

    whole: str
    prefix: str
    suffix: str
    active: str
    mantissa: str
    integer: str
    fraction: str
    exponent: str | None


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a sub-picture asks for."""

    prefix: str
    suffix: str
    factor: int
    least_integer: int
    least_fraction: int
    most_fraction: int
    least_exponent: int
    scale: int
    integer_groups: tuple[tuple[int, str], ...]
    every: int
    fraction_groups: tuple[int, ...]
    has_point: bool


def format_number(value: float, picture: str, options: Mapping[str, object] | None = None) -> str:
    """A number as the picture says.

    Args:
        value: any finite number.
        picture: of one sub-picture, or of two: for numbers from zero up, and for those below.
        options: other symbols, by XPath's names, such as ``decimal-separator``.

    Raises:
        FunctionError: D3080 to D3093.
    """
    if len(picture) > _MOST_TEXT:
        raise FunctionError("D3137", f"A picture has no more than {_MOST_TEXT} characters")
    symbols = _symbols(*_checked(options)) if options else _USUAL
    plans = _plans(picture, symbols)
    plan = plans[0] if value >= 0 else plans[-1]
    if value < 0 and len(plans) == 1:
        plan = replace(plan, prefix=symbols.minus + plan.prefix)
    return plan.prefix + _number(abs(value) * plan.factor, plan, symbols) + plan.suffix


def _checked(options: Mapping[str, object]) -> Iterator[str]:
    for name, usual in _DEFAULTS.items():
        text = options.get(name, usual)
        if not isinstance(text, str) or not text or (len(text) > 1 and name not in _WORDS):
            raise FunctionError("D3137", f"The option '{name}' must be a single character")
        yield text


@lru_cache(maxsize=64)
def _symbols(*characters: str) -> Symbols:
    return Symbols(*characters)


_USUAL = _symbols(*_DEFAULTS.values())


@lru_cache(maxsize=1024)
def _plans(picture: str, symbols: Symbols) -> tuple[_Plan, ...]:
    pictures = picture.split(symbols.pattern)
    if len(pictures) > 2:
        raise FunctionError("D3080")
    parts = [_split(text, symbols) for text in pictures]
    for one in parts:
        faults = list(_faults(one, symbols))
        if faults:
            raise FunctionError(faults[-1])  # JSONata names the last one
    return tuple(_plan(one, symbols) for one in parts)


def _split(text: str, symbols: Symbols) -> _Parts:
    found = [
        place
        for place, character in enumerate(text)
        if symbols.is_active(character) and character != symbols.exponent
    ]
    first, end = (found[0], found[-1] + 1) if found else (0, len(text))
    active = text[first:end]
    cut = text.find(symbols.exponent, first)
    mantissa, exponent = active, None
    if 0 <= cut <= end:
        mantissa, exponent = text[first:cut], text[cut + 1 : end]
    integer, point, fraction = mantissa.partition(symbols.decimal)
    suffix = text[end:]
    return _Parts(
        text, text[:first], suffix, active, mantissa, integer, fraction if point else "", exponent
    )


def _faults(parts: _Parts, symbols: Symbols) -> Iterator[str]:
    text = parts.whole
    for symbol, code in (
        (symbols.decimal, "D3081"),
        (symbols.percent, "D3082"),
        (symbols.mille, "D3083"),
    ):
        if text.count(symbol) > 1:
            yield code
    scaled = symbols.percent in text or symbols.mille in text
    if symbols.percent in text and symbols.mille in text:
        yield "D3084"
    if not any(character in symbols.digits + symbols.digit for character in parts.mantissa):
        yield "D3085"
    if not all(map(symbols.is_active, parts.active)):
        yield "D3086"
    yield from _grouping_faults(parts, symbols)
    if _digit_before(parts.integer, symbols.digit, symbols):
        yield "D3090"
    if _digit_before(parts.fraction[::-1], symbols.digit, symbols):
        yield "D3091"
    if parts.exponent and scaled:
        yield "D3092"
    if parts.exponent is not None and not _all_digits(parts.exponent, symbols):
        yield "D3093"


def _grouping_faults(parts: _Parts, symbols: Symbols) -> Iterator[str]:
    point, grouping = parts.whole.find(symbols.decimal), symbols.grouping
    if point >= 0:
        if grouping in {parts.whole[point - 1 : point], parts.whole[point + 1 : point + 2]}:
            yield "D3087"
    elif parts.integer.endswith(grouping):
        yield "D3088"
    if grouping * 2 in parts.whole:
        yield "D3089"


def _digit_before(text: str, optional: str, symbols: Symbols) -> bool:
    """Whether a digit comes before an optional one."""
    before, found, _ = text.partition(optional)
    return bool(found) and any(character in symbols.digits for character in before)


def _all_digits(text: str, symbols: Symbols) -> bool:
    return bool(text) and all(character in symbols.digits for character in text)


def _plan(parts: _Parts, symbols: Symbols) -> _Plan:
    digits, optional = symbols.digits, symbols.digit

    def count(text: str, kinds: str) -> int:
        return sum(character in kinds for character in text)

    integer, fraction = count(parts.integer, digits), count(parts.fraction, digits)
    most = count(parts.fraction, digits + optional)
    scale = integer
    present = parts.exponent is not None
    if integer == 0 and most == 0:
        if present:
            fraction = most = 1
        else:
            integer = 1
    if present and integer == 0 and optional in parts.integer:
        integer = 1
    if integer == 0 and fraction == 0:
        fraction = 1
    if most > _MOST_FRACTION or scale > _MOST_SCALE:
        raise FunctionError("D3137", "The picture has too many digits")
    integer_groups = tuple(
        (count(parts.integer[place:], digits + optional), symbols.grouping)
        for place in _places(parts.integer, symbols.grouping)
    )
    return _Plan(
        parts.prefix,
        parts.suffix,
        100 if symbols.percent in parts.whole else 1000 if symbols.mille in parts.whole else 1,
        integer,
        fraction,
        most,
        count(parts.exponent or "", digits),
        scale,
        integer_groups,
        _regular([place for place, _ in integer_groups]),
        tuple(
            count(parts.fraction[:place], digits + optional)
            for place in _places(parts.fraction, symbols.grouping)
        ),
        symbols.decimal in parts.whole,
    )


def _places(text: str, character: str) -> list[int]:
    return [place for place, one in enumerate(text) if one == character]


def _regular(places: list[int]) -> int:
    width = math.gcd(*places) if places else 0
    return width if all(index * width in places for index in range(1, len(places) + 1)) else 0


def _number(value: float, plan: _Plan, symbols: Symbols) -> str:
    if not math.isfinite(value):
        raise FunctionError("D3137", "The number is out of range")
    mantissa, exponent = value, 0
    if plan.least_exponent:
        mantissa, exponent = _scaled(value, plan.scale)
    integer, _, fraction = _fixed(mantissa, plan.most_fraction).partition(".")
    integer = integer.lstrip("0").rjust(plan.least_integer, "0")
    fraction = fraction.rstrip("0").ljust(plan.least_fraction, "0")
    family = str.maketrans("0123456789", symbols.digits)
    shown = grouped(integer.translate(family), plan.integer_groups, plan.every)
    if plan.has_point and fraction:
        groups = _from_left(plan.fraction_groups, len(fraction), symbols.grouping)
        shown += symbols.decimal + grouped(fraction.translate(family), groups, 0)
    if plan.least_exponent:
        digits = str(abs(exponent)).rjust(plan.least_exponent, "0").translate(family)
        shown += symbols.exponent + (symbols.minus if exponent < 0 else "") + digits
    return shown


def _from_left(places: tuple[int, ...], length: int, mark: str) -> tuple[tuple[int, str], ...]:
    """Places counted from the left as :func:`grouped` counts them; none after the last digit."""
    return tuple((length - place, mark) for place in places if place < length)


def _scaled(value: float, scale: int) -> tuple[float, int]:
    """A mantissa with ``scale`` digits before its point, and the exponent that goes with it."""
    most, least = 10.0**scale, 10.0 ** (scale - 1)
    exponent = 0
    while value and value < least:
        value, exponent = value * 10, exponent - 1
    while value > most:
        value, exponent = value / 10, exponent + 1
    return value, exponent


def _fixed(value: float, digits: int) -> str:
    """Rounded to so many digits after the point, halves to the even one, as JavaScript would.

    JavaScript moves the point in the text, rounds the double that this makes, and moves it back.
    """
    shifted = float(Decimal(repr(float(value))).scaleb(digits, _EXACT))
    if math.isinf(shifted):  # so large a number has no digits after the point
        return f"{value:.{digits}f}"
    rounded = Decimal(repr(float(round(shifted))))
    return f"{float(rounded.scaleb(-digits, _EXACT)):.{digits}f}"
