"""Lines of a text that is wider than its place.

A line ends at a space, after a hyphen, or between two letters of which one is Chinese, Japanese or
Korean, where the rules of these scripts allow it: no line begins with a closing bracket, a full
stop or a small kana, and none ends with an opening bracket (JIS X 4051, Unicode's annex 14). A word
that is wider than a whole line is broken anywhere.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

Width = Callable[[str], float]

_NEVER_FIRST = {"Pe", "Pf", "Po", "Pd", "Lm", "Mn", "Me", "Mc"}
"""Closing brackets, full stops and the like, dashes, signs of repetition and length, marks."""
_NEVER_LAST = {"Ps", "Pi"}


def is_wide(letter: str) -> bool:
    """Whether a letter is as wide as it is high."""
    return not letter.isascii() and unicodedata.east_asian_width(letter) in {"W", "F"}


def columns_of(text: str) -> int:
    """How many Latin letters take about as much room."""
    return len(text) if text.isascii() else sum(2 if is_wide(letter) else 1 for letter in text)


def shortened(text: str, columns: int) -> str:
    """As much of a text as fits into a number of columns."""
    if columns_of(text) <= columns:
        return text
    room, kept = columns - 1, 0
    while (room := room - columns_of(text[kept])) >= 0:
        kept += 1
    return text[:kept].rstrip() + "…"


def lines_of(text: str, width: float, width_of: Width, most: int) -> list[str]:
    """A text in at most ``most`` lines; the last one ends with an ellipsis if there is more."""
    found: list[str] = []
    for line in _lines(text, width, width_of):
        if len(found) == most:
            found[-1] = _fitting(found[-1], width, width_of, end="…")
            break
        found.append(line)
    return found or [""]


def _lines(text: str, width: float, width_of: Width) -> Iterator[str]:
    rest = text.strip()
    while rest:
        if width_of(rest) <= width:
            yield rest
            return
        fit = max(1, len(_fitting(rest, width, width_of)))
        end = next((place for place in range(fit, 0, -1) if _may_break(rest, place)), fit)
        yield rest[:end].rstrip()
        rest = rest[end:].lstrip()


def _fitting(text: str, width: float, width_of: Width, end: str = "") -> str:
    """The longest beginning that fits, with its ``end``."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width_of(text[:middle] + end) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low] + end


def _may_break(text: str, place: int) -> bool:
    """Whether a line may end before the letter at ``place``."""
    before, after = text[place - 1], text[place]
    if before == " " or after == " ":
        return True
    if unicodedata.category(after) in _NEVER_FIRST or _is_small_kana(after):
        return False
    if unicodedata.category(before) in _NEVER_LAST:
        return False
    return before == "-" or is_wide(before) or is_wide(after)


def _is_small_kana(letter: str) -> bool:
    name = unicodedata.name(letter, "")
    return name.startswith(("HIRAGANA LETTER SMALL", "KATAKANA LETTER SMALL"))
