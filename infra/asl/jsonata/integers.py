"""``$formatInteger`` and ``$parseInteger``: whole numbers by XPath's pictures.

https://www.w3.org/TR/xpath-functions-31/#func-format-integer
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter

from asl.jsonata import words
from asl.jsonata.catalogue import FunctionError
from asl.jsonata.javascript import number_text

_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_ROMAN_DIGITS = {"m": 1000, "d": 500, "c": 100, "l": 50, "x": 10, "v": 5, "i": 1}
_MOST_ROMAN = 1_000_000
"""Beyond it a numeral would be nothing but a thousand and more letters M."""
_EXACT = 2**53
"""JavaScript has all digits of the whole numbers below it."""
_MOST_LETTERS = 200
_MOST_TEXT = 1000
"""More letters would be a number beyond every double."""
_ZEROS = (
    *(0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66),
    *(0xDE6, 0xE50, 0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90),
    *(0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0),
    0xFF10,
)
"""Where Unicode's families of decimal digits begin."""


@dataclass(frozen=True, slots=True)
class IntegerPicture:
    """A picture, analysed. ``primary`` is one of ``decimal letters roman words``."""

    primary: str
    case: str = "lower"
    ordinal: bool = False
    zero: int = 0x30
    mandatory: int = 0
    optional: int = 0
    separators: tuple[tuple[int, str], ...] = ()
    """How many digits are to the right of it, and the character; from right to left."""
    every: int = 0
    """The width of the groups where all are of one, else 0."""

    def at_least(self, digits: int) -> IntegerPicture:
        """The picture with so many mandatory digits or more, where it is one of digits."""
        if self.primary != "decimal" or digits <= self.mandatory:
            return self
        return replace(self, mandatory=digits)


_NAMED = {
    "A": IntegerPicture("letters", "upper"),
    "a": IntegerPicture("letters"),
    "I": IntegerPicture("roman", "upper"),
    "i": IntegerPicture("roman"),
    "W": IntegerPicture("words", "upper"),
    "Ww": IntegerPicture("words", "title"),
    "w": IntegerPicture("words"),
}


@lru_cache(maxsize=1024)
def analyse(picture: str) -> IntegerPicture:
    """Reads a picture.

    Raises:
        FunctionError: D3130 or D3131.
    """
    if len(picture) > _MOST_TEXT:
        raise FunctionError("D3137", f"A picture has no more than {_MOST_TEXT} characters")
    primary, semicolon, modifier = picture.rpartition(";")
    if not semicolon:
        primary, modifier = picture, ""
    found = _NAMED.get(primary) or _digits(primary)
    return replace(found, ordinal=modifier.startswith("o"))


def _digits(text: str) -> IntegerPicture:
    zeros: list[int] = []
    separators: list[tuple[int, str]] = []
    optional = 0
    for character in reversed(text):
        zero = zero_of(character)
        if zero is not None:
            zeros.append(zero)
        elif character == "#":
            optional += 1
        else:
            separators.append((len(zeros) + optional, character))
    if not zeros:
        raise FunctionError("D3130", text)
    if len(set(zeros)) > 1:
        raise FunctionError("D3131")
    every = _interval([place for place, _ in separators])
    if len({character for _, character in separators}) > 1:
        every = 0
    return IntegerPicture(
        "decimal",
        zero=zeros[0],
        mandatory=len(zeros),
        optional=optional,
        separators=tuple(separators),
        every=every,
    )


def zero_of(character: str) -> int | None:
    """The zero of the family that the character is a digit of."""
    code = ord(character)
    return next((zero for zero in _ZEROS if zero <= code <= zero + 9), None)


def _interval(places: list[int]) -> int:
    """The width of the groups where all are of one, else 0."""
    width = math.gcd(*places) if places else 0
    return width if all(index * width in places for index in range(1, len(places) + 1)) else 0


def grouped(digits: str, places: tuple[tuple[int, str], ...], every: int) -> str:
    """Digits with their separators; none before the first digit."""
    if not places:
        return digits
    if every:
        places = tuple((place, places[0][1]) for place in range(every, len(digits), every))
    inside = [(len(digits) - place, character) for place, character in reversed(places)]
    cuts = sorted((cut for cut in inside if cut[0] > 0), key=itemgetter(0))
    edges = [0, *(cut for cut, _ in cuts), len(digits)]
    parts = [digits[start:end] for start, end in pairwise(edges)]
    return parts[0] + "".join(
        character + part for (_, character), part in zip(cuts, parts[1:], strict=True)
    )


def format_integer(value: float, picture: str) -> str:
    """The whole part of a number, as the picture says.

    Raises:
        FunctionError: D3130 or D3131.
    """
    return written(math.floor(value), analyse(picture))


def written(value: int, picture: IntegerPicture) -> str:
    """A whole number by an analysed picture."""
    sign, size = "-" if value < 0 else "", abs(value)
    match picture.primary:
        case "letters":
            text = _letters(size)
        case "roman":
            text = _roman(size)
        case "words":
            text = words.to_words(size, ordinal=picture.ordinal)
        case _:
            return sign + _decimal(size, picture)
    if picture.case == "title":
        return sign + text
    return sign + (text.upper() if picture.case == "upper" else text.lower())


def _decimal(value: int, picture: IntegerPicture) -> str:
    digits = str(value) if value < _EXACT else number_text(value)
    digits = digits.rjust(picture.mandatory, "0")
    if picture.zero != ord("0"):
        digits = "".join(chr(ord(digit) - ord("0") + picture.zero) for digit in digits)
    text = grouped(digits, picture.separators, picture.every)
    return text + _suffix(value) if picture.ordinal else text


def _suffix(value: int) -> str:
    return "th" if value // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")


def _letters(value: int) -> str:
    text = ""
    while value > 0:
        value, letter = divmod(value - 1, 26)
        text = chr(ord("a") + letter) + text
    return text


def _roman(value: int) -> str:
    if value > _MOST_ROMAN:
        raise FunctionError("D3137", f"{value} is too large for a Roman numeral")
    text = ""
    for size, numeral in _ROMAN:
        text += numeral * (value // size)
        value %= size
    return text


def parse_integer(text: str, picture: str) -> float | None:
    """The number that a text in the picture's form names, or None where it names none.

    Raises:
        FunctionError: D3130 or D3131.
    """
    return read(text, analyse(picture))


def read(text: str, picture: IntegerPicture) -> float | None:
    """As :func:`parse_integer`, by an analysed picture."""
    match picture.primary:
        case "letters":
            return _from_letters(text, "A" if picture.case == "upper" else "a")
        case "roman":
            return _from_roman(text.lower())
        case "words":
            return words.from_words(text)
        case _:
            return _from_digits(text, picture)


def _from_digits(text: str, picture: IntegerPicture) -> float | None:
    digits = text[:-2] if picture.ordinal else text
    for _, character in picture.separators:
        digits = digits.replace(character, "")
    if picture.zero != ord("0"):
        digits = "".join(chr(max(0, ord(one) - picture.zero + ord("0"))) for one in digits)
    match = re.match(r"\s*([+-]?[0-9]+)", digits)
    number = None if match is None else float(match[1])
    return None if number is None or math.isinf(number) else number


def _from_letters(text: str, first: str) -> float | None:
    value = 0
    for character in text[:_MOST_LETTERS]:
        value = value * 26 + ord(character) - ord(first) + 1
    return None if len(text) > _MOST_LETTERS else float(value)


def _from_roman(text: str) -> float | None:
    total, most = 0, 1
    for character in reversed(text):
        value = _ROMAN_DIGITS.get(character)
        if value is None:
            return None
        most = max(most, value)
        total += value if value >= most else -value
    return float(total)
