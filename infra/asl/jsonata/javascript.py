"""Numbers as JavaScript writes them, which is what JSONata is defined by.

https://tc39.es/ecma262/#sec-numeric-types-number-tostring
"""

from __future__ import annotations

import math
import re
from decimal import Decimal

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|\{\s+\}|\[\s+\]')
_UNLIKE = re.compile(r"\d{16}|\de|\{\s+\}|\[\s+\]")
_MOST_PLAIN = 21
"""Numbers below 10 to the power of this are written without an exponent."""


def number_text(value: float) -> str:
    """A number as ``String(value)`` writes it."""
    number = float(value)
    if not math.isfinite(number):
        return "null"  # as JSON.stringify has it
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    assert isinstance(exponent, int)
    if digits == (0,):
        return "0"
    text, point = "".join(map(str, digits)), len(digits) + exponent
    return ("-" if sign else "") + _placed(text, point)


def _placed(digits: str, point: int) -> str:
    """The digits with the decimal point after the first ``point`` of them."""
    if len(digits) <= point <= _MOST_PLAIN:
        return digits.ljust(point, "0")
    if 0 < point <= _MOST_PLAIN:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    mantissa = digits if len(digits) == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{mantissa}e{point - 1:+d}"


def json_text(text: str) -> str:
    """A JSON text with its numbers as ``$string`` writes them: fractions to 15 digits."""
    return _TOKEN.sub(_rewritten, text) if _UNLIKE.search(text) else text


def _rewritten(token: re.Match[str]) -> str:
    text = token[0]
    if text[0] == '"':
        return text
    if text[0] in "{[":
        return text[0] + text[-1]
    number = float(text)
    return number_text(number if number.is_integer() else float(f"{number:.15g}"))
