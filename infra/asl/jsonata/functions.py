"""What Step Functions' JSONata has and the library has not, or has otherwise than JSONata.

Each entry is JSONata source for a definition, which may call Python functions by other names. An
expression that names one of them is compiled behind the definitions that it names (and only
then: all others run as they are). A definition in JSONata, unlike a Python function by itself,
has a signature, tells null from nothing, and gives nothing for nothing (``$x = $x`` is false
where there is no ``$x``).
https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
https://docs.jsonata.org/2.0.0/overview
"""

from __future__ import annotations

import hashlib
import math
import random  # noqa: TID251
import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from asl.java_random import JavaRandom
from asl.jsonata.catalogue import FunctionError
from asl.jsonata.dates import from_millis, to_millis
from asl.jsonata.decimals import format_number
from asl.jsonata.integers import format_integer, parse_integer
from asl.jsonata.javascript import json_text
from asl.payload import Payload
from asl.randomness import random_uuid

MOST_ITEMS = 10_000_000
MOST_PADDING = 1_000_000
_ALGORITHMS = frozenset({"MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"})
_CARRIERS = 0x10F000
"""Where the private characters begin that stand for lone surrogates."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_CARRIED = re.compile("[\U0010f000-\U0010f7ff]")
Function = Callable[..., Any]


_ANY = re.compile("")


@dataclass(frozen=True, slots=True)
class Override:
    """A function of our own."""

    source: str
    """JSONata that defines it."""
    functions: Mapping[str, Function] = field(default_factory=dict)
    """What the source calls, by name."""
    saved: str = ""
    """The library's functions that the source calls, by their names with two underscores."""
    only: re.Pattern[str] = _ANY
    """What the expression has to look like."""


def _partition(items: list[Any], size: float) -> list[Any]:
    count = math.trunc(size)
    if count <= 0:
        raise FunctionError("D3137", "$partition needs a chunk size above zero")
    return [items[start : start + count] for start in range(0, len(items), count)]


def _range(first: float, last: float, step: float) -> Any:
    start, end, by = math.trunc(first), math.trunc(last), math.trunc(step)
    if by == 0:
        raise FunctionError("D3137", "$range needs a step other than zero")
    numbers = range(start, end + (1 if by > 0 else -1), by)
    if numbers and (end - start) // by >= MOST_ITEMS:
        raise FunctionError("D3137", f"$range would have more than {MOST_ITEMS:,} elements")
    found = list(numbers)
    return found[0] if len(found) == 1 else found  # a sequence: one item stands for itself


def _hash(text: str, algorithm: str) -> str:
    if algorithm not in _ALGORITHMS:
        raise FunctionError("D3137", f"$hash does not know the algorithm {algorithm}")
    name = algorithm.lower().replace("-", "")
    return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()


def _parse(text: str) -> Any:
    try:
        return Payload.parse(text).value
    except ValueError as error:
        raise FunctionError("D3137", f"$parse was given what is not JSON: {error}") from None


def _random(seed: float | None = None) -> float:
    return random.random() if seed is None else JavaRandom(math.trunc(seed)).next_double()  # noqa: S311


def _uuid() -> str:
    return random_uuid()


def _encoded(name: str, safe: str) -> Function:
    def encode(text: str) -> str:
        if _CARRIED.search(text):
            raise FunctionError("D3140", name, text)
        return quote(text, safe=safe)

    return encode


def _padding(width: float) -> float:
    if abs(width) > MOST_PADDING:
        raise FunctionError("D3137", f"$pad gives no more than {MOST_PADDING:,} characters")
    return width


def _texts(text: str | None, kind: str | None) -> list[str]:
    """What ``$string`` gives: in a list, for a function of Python's cannot give nothing."""
    if text is None:
        return []
    return [text if kind == "string" else json_text(text)]


def _matched_nothing() -> None:
    raise FunctionError("D1004")


def carried(text: str) -> str:
    """Text without lone surrogates, which UTF-8 cannot write: others stand for them."""
    if text.isascii() or _SURROGATE.search(text) is None:
        return text
    return _SURROGATE.sub(lambda match: chr(ord(match[0]) - 0xD800 + _CARRIERS), text)


_DATES: Mapping[str, Function] = {"__fromMillis": from_millis, "__toMillis": to_millis}
_TEXT: Mapping[str, Function] = {"__text": _texts}
_EMPTY: Mapping[str, Function] = {"__empty": _matched_nothing}
_REGEX = re.compile("(?=.*/)", re.DOTALL)
_STUCK = (
    '$__stuck:=function($s,$p){$type($p)="function" and '
    '$exists($__match($s,$p)[match="" and index<$length($s)])}'
)

OVERRIDES: Mapping[str, Override] = {
    # -- AWS's own
    "partition": Override(
        "$partition:=function($a,$n)<an:a>{$n=$n?$__partition($a,$n)}", {"__partition": _partition}
    ),
    "range": Override(
        "$range:=function($a,$b,$c)<nnn:x>{$c=$c?$__range($a,$b,$c)}", {"__range": _range}
    ),
    "hash": Override("$hash:=function($t,$a)<ss:s>{$a=$a?$__hash($t,$a)}", {"__hash": _hash}),
    "random": Override("$random:=function($s)<n?:n>{$__random($s)}", {"__random": _random}),
    "uuid": Override("$uuid:=function()<:s>{$__uuid()}", {"__uuid": _uuid}),
    "parse": Override("$parse:=function($t)<s-:x>{$t=$t?$__parse($t)}", {"__parse": _parse}),
    "eval": Override("$eval:=null"),  # AWS: "$eval is not supported"
    # -- dates and numbers
    "fromMillis": Override(
        "$fromMillis:=function($t,$p,$z)<n-s?s?:s>{$t=$t?$__fromMillis($t,$p,$z)}", _DATES
    ),
    "toMillis": Override(
        "$toMillis:=function($t,$p)<s-s?:n>{$t=$t?($r:=$__toMillis($t,$p,$millis());$r!=null?$r)}",
        _DATES,
    ),
    "now": Override("$now:=function($p,$z)<s?s?:s>{$__fromMillis($millis(),$p,$z)}", _DATES),
    "formatNumber": Override(
        "$formatNumber:=function($n,$p,$o)<n-so?:s>{$n=$n and $p=$p?$__formatNumber($n,$p,$o)}",
        {"__formatNumber": format_number},
    ),
    "formatInteger": Override(
        "$formatInteger:=function($n,$p)<n-s:s>{$n=$n and $p=$p?$__formatInteger($n,$p)}",
        {"__formatInteger": format_integer},
    ),
    "parseInteger": Override(
        "$parseInteger:=function($t,$p)<s-s:n>"
        "{$t=$t and $p=$p?($r:=$__parseInteger($t,$p);$r!=null?$r)}",
        {"__parseInteger": parse_integer},
    ),
    # -- the library's ties go the wrong way round where the comparator is strict
    "string": Override(
        "$string:=function($v,$p)<x-b?:s>{$__text($__string($v,$p),$type($v))[0]}",
        _TEXT,
        saved="string",
        only=re.compile(r"(?!.*\$string(?!\w|\s*\())", re.DOTALL),
    ),
    # where $map and the like are to call it: with one parameter they give it nothing but the value
    "string of one": Override(
        "$string:=function($v)<x-:s>{$__text($__string($v),$type($v))[0]}",
        _TEXT,
        saved="string",
        only=re.compile(r"(?!.*\$string\s*\()", re.DOTALL),
    ),
    "sort": Override(
        "$sort:=function($a,$f)<af?:a>"
        "{$exists($f)?$__sort($a,function($x,$y){$not($f($y,$x))}):$__sort($a)}",
        saved="sort",
    ),
    # -- the next match is looked for from the end of the last; JSONata gives up on an empty one
    "match": Override(
        f"{_STUCK};$match:=function($s,$p,$n)<s-f<s:o>n?:a<o>>"
        '{$__stuck($s,$p)?$__empty():$__match($s,$p,$n)[match!="" or $s=""]}',
        _EMPTY,
        saved="match",
        only=_REGEX,
    ),
    "split": Override(
        f"{_STUCK};$split:=function($s,$p,$n)<s-(sf)n?:a<s>>"
        "{$__stuck($s,$p)?$__empty():$__split($s,$p,$n)}",
        _EMPTY,
        saved="match split",
        only=_REGEX,
    ),
    "replace": Override(
        f"{_STUCK};$replace:=function($s,$p,$r,$n)<s-(sf)(sf)n?:s>"
        "{$__stuck($s,$p)?$__empty():$__replace($s,$p,$r,$n)}",
        _EMPTY,
        saved="match replace",
        only=_REGEX,
    ),
    "pad": Override(
        "$pad:=function($s,$w,$c)<s-ns?:s>{$w=$w?$__pad($s,$__padding($w),$c)}",
        {"__padding": _padding},
        saved="pad",
    ),
    # -- errors
    "encodeUrl": Override(
        "$encodeUrl:=function($t)<s-:s>{$t=$t?$__encodeUrl($t)}",
        {"__encodeUrl": _encoded("encodeUrl", ";/?:@&=+$,#-_.!~*'()")},
    ),
    "encodeUrlComponent": Override(
        "$encodeUrlComponent:=function($t)<s-:s>{$t=$t?$__encodeUrlComponent($t)}",
        {"__encodeUrlComponent": _encoded("encodeUrlComponent", "-_.!~*'()")},
    ),
}


def definitions(text: str, names: Set[str]) -> tuple[str, dict[str, Function]]:
    """The JSONata source that defines those of our functions that are named, and what it calls.

    Args:
        text: the expression.
        names: those of the functions that it names.
    """
    wanted = [
        override
        for name, override in OVERRIDES.items()
        if name.split()[0] in names and override.only.match(text)
    ]
    saved = {name for override in wanted for name in override.saved.split()}
    sources = [f"$__{name}:=${name};" for name in sorted(saved)]
    functions: dict[str, Function] = {}
    for override in wanted:
        sources.append(f"{override.source};")
        functions |= override.functions
    return "".join(sources), functions
