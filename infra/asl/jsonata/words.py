"""Numbers in English words, for pictures such as ``Ww`` and ``w;o``."""

from __future__ import annotations

import math
import re


def _listed(words: str) -> list[str]:
    return words.split()


_FEW = _listed(
    "Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen "
    "Fifteen Sixteen Seventeen Eighteen Nineteen"
)
_FEWTH = _listed(
    "Zeroth First Second Third Fourth Fifth Sixth Seventh Eighth Ninth Tenth Eleventh Twelfth "
    "Thirteenth Fourteenth Fifteenth Sixteenth Seventeenth Eighteenth Nineteenth"
)
_TENS = _listed("Twenty Thirty Forty Fifty Sixty Seventy Eighty Ninety")
_MAGNITUDES = _listed("Thousand Million Billion Trillion")


def _values() -> dict[str, float]:
    values: dict[str, float] = {}
    for words in (_FEW, _FEWTH):
        values |= {word.lower(): float(number) for number, word in enumerate(words)}
    for number, word in enumerate(_TENS, 2):
        values[word.lower()] = values[f"{word.lower()[:-1]}ieth"] = number * 10.0
    for number, word in enumerate(_MAGNITUDES, 1):
        values[word.lower()] = values[f"{word.lower()}th"] = 1000.0**number
    return values | {"hundred": 100.0, "hundredth": 100.0}


_VALUES = _values()
_WORD = "|".join(sorted(_VALUES, key=len, reverse=True))
PATTERN = rf"(?>(?:{_WORD})(?:(?:, | and |-| )(?:{_WORD}))*)"
"""A regular expression for a number in words; it never goes back, whatever the text."""


def to_words(value: float, *, ordinal: bool) -> str:
    """A whole number of zero or more: ``One Hundred and Five``."""
    return _spoken(float(value), "", ordinal=ordinal)


def _spoken(value: float, joint: str, *, ordinal: bool) -> str:
    if value < 20:
        return (joint and " and ") + (_FEWTH if ordinal else _FEW)[int(value)]
    if value < 100:
        return (joint and " and ") + _tens(int(value), ordinal=ordinal)
    if value < 1000:
        head, rest, unit = value // 100, value % 100, "Hundred"
    else:
        size = min(math.floor(math.log10(value) / 3), len(_MAGNITUDES))
        factor, unit = 1000.0**size, _MAGNITUDES[size - 1]
        head = float(math.floor(value / factor))
        rest = value - head * factor
    text = f"{joint}{_spoken(head, '', ordinal=False)} {unit}"
    if rest > 0:
        return text + _spoken(rest, ", ", ordinal=ordinal)
    return f"{text}th" if ordinal else text


def _tens(value: int, *, ordinal: bool) -> str:
    word, rest = _TENS[value // 10 - 2], value % 10
    if rest:
        return f"{word}-{(_FEWTH if ordinal else _FEW)[rest]}"
    return f"{word[:-1]}ieth" if ordinal else word


def from_words(text: str) -> float | None:
    """The number that the words name, or None where a word names none."""
    sums = [0.0]
    for word in re.split(r",\s|\sand\s|[\s\\-]", text.lower()):
        value = _VALUES.get(word)
        if value is None:
            return None
        if value >= 100:
            sums[-1] *= value
        elif sums[-1] >= 1000:
            sums.append(value)
        else:
            sums[-1] += value
    return sum(sums)
