"""Shapes of inputs: which fields they have, of which types; and when that is not as usual.

A shape is a set of (path, JSON type); values play no part in it. Keys that look made for one input
(numbers, addresses, ids) stand together as ``*``, as elements of a list do, so that no such key is
kept. How unusual it is that ``m`` of ``n`` inputs have a field of a type is a binomial tail: its
probability by the share of earlier inputs that had it, among those that had the object around it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Part = tuple[str, str]
"""A path and a JSON type."""
Change = Literal["new", "type", "share"]
MAX_PARTS = 300
"""The most parts of one input that are looked at."""
_DEEPEST, _ELEMENTS, _KEYS = 6, 20, 60
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_DIGITS = 5
"""A key with so many digits is an id, not a name."""
ALARM = 6.0
"""The score, as a power of ten, from which on a change is told: once in a million by chance."""
LEAST = 50.0
"""Inputs before which nothing is usual yet."""
_CLEAR, _NEVER, _SOME = 0.25, 0.01, 0.05


@dataclass(frozen=True, slots=True)
class Unusual:
    """A part that more, or fewer, of an hour's inputs have than usual."""

    part: Part
    change: Change
    share: float
    """Of the hour's inputs with the object around it."""
    usual: float
    score: float
    before: str = ""
    """The type that was usual, where it is another."""

    def sentence(self) -> str:
        """What has changed, for people."""
        path, kind = self.part[0] or "the input", self.part[1]
        share = f"{self.share:.0%} of the inputs"
        match self.change:
            case "new":
                return f"{path} ({kind}) is new: in {share}"
            case "type":
                return f"{path} is of the type {kind} in {share}, where {self.before} is usual"
        return f"{path} ({kind}) is in {share}, usually in {self.usual:.0%}"


def shape_of(value: Any) -> frozenset[Part]:
    """The parts of an input."""
    found: dict[Part, None] = {}
    for part in _parts(value, "", 0):
        found[part] = None
        if len(found) >= MAX_PARTS:
            break
    return frozenset(found)


def _parts(value: Any, path: str, depth: int) -> Iterator[Part]:
    yield path, kind_of(value)
    if depth >= _DEEPEST:
        return
    if isinstance(value, list):
        for element in value[:_ELEMENTS]:
            yield from _parts(element, f"{path}/*", depth + 1)
    elif isinstance(value, dict):
        many = len(value) > _KEYS
        for key in list(value)[:_KEYS]:
            name = "*" if many or not _is_name(key) else key
            yield from _parts(value[key], f"{path}/{name}", depth + 1)


def _is_name(key: str) -> bool:
    return _NAME.fullmatch(key) is not None and sum(c.isdigit() for c in key) < _DIGITS


def kind_of(value: Any) -> str:
    """The JSON type of a value."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    if value is None:
        return "null"
    return "array" if isinstance(value, list) else "object"


def counted(shapes: Iterable[frozenset[Part]]) -> Counter[Part]:
    """In how many inputs each part is."""
    return Counter(part for shape in shapes for part in shape)


def unusual(known: Mapping[Part, float], now: Mapping[Part, int]) -> list[Unusual]:
    """What an hour's inputs have more or less often than those before, the clearest first.

    Args:
        known: how many inputs had each part until now.
        now: how many of the hour's have it.
    """
    found = [
        one
        for part in {**known, **now}
        if (one := _judged(part, known, now)) is not None and one.score >= ALARM
    ]
    paths = {one.part[0] for one in found}
    changed = {one.part[0] for one in found if one.change == "type"}
    # A field of another type is no field that is missing, and what is in it is no news by itself.
    clear = [
        one
        for one in found
        if (one.change != "share" or one.part[0] not in changed) and not _above(one.part[0]) & paths
    ]
    return sorted(clear, key=lambda one: (-one.score, one.part))


def _above(path: str) -> set[str]:
    """The paths of what a field is in."""
    names = path.split("/")
    return {"/".join(names[:count]) for count in range(1, len(names))}


def _judged(part: Part, known: Mapping[Part, float], now: Mapping[Part, int]) -> Unusual | None:
    around, inputs = _around(part, known), _around(part, now)
    if around < LEAST or not inputs:
        return None
    have, had = now.get(part, 0), known.get(part, 0.0)
    share, usual = have / inputs, min((had + 0.5) / (around + 1), 1 - 0.5 / (around + 1))
    if abs(share - usual) < _CLEAR and not (usual < _NEVER and share >= _SOME):
        return None
    more = share > usual
    score = -math.log10(_tail(int(inputs), int(have), usual, more=more))
    before = max((k for k in known if k[0] == part[0]), key=lambda k: known[k], default=part)[1]
    change: Change = "share"
    if more and before != part[1] and _was_there(part, known, around):
        change = "type"
    elif more and usual < _NEVER:
        change = "new"
    return Unusual(part, change, share, usual, score, before)


def _around(part: Part, counts: Mapping[Part, float]) -> float:
    """How many inputs have what the part is in; of the input itself, how many there are."""
    path = part[0]
    if not path:
        return sum(count for (at, _), count in counts.items() if not at)
    parent, _, name = path.rpartition("/")
    holders = counts.get((parent, "object"), 0.0)
    return holders + (counts.get((parent, "array"), 0.0) if name == "*" else 0.0)


def _was_there(part: Part, known: Mapping[Part, float], around: float) -> bool:
    """Whether the field was usual, of whatever type."""
    return sum(count for (path, _), count in known.items() if path == part[0]) > around / 2


def _tail(inputs: int, have: int, usual: float, *, more: bool) -> float:
    """The probability that so many inputs, or more (or fewer), have what a share usually has."""
    counts = range(have, inputs + 1) if more else range(have + 1)
    whole = sum(
        math.comb(inputs, count) * usual**count * (1 - usual) ** (inputs - count)
        for count in counts
    )
    return max(whole, 1e-50)
