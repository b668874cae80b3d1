"""Intrinsic functions of JSONPath states, such as ``States.Format('{}', $.name)``.

https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
"""

from __future__ import annotations

import base64
import hashlib
import math
import random  # noqa: TID251
import re
import uuid
from collections.abc import Callable
from typing import Any

import orjson

from asl.errors import StateFailedError

INTRINSIC_FAILURE = "States.IntrinsicFailure"
MAX_ARRAY = 1000
_CALL = re.compile(r"\s*(States\.\w+)\s*\(")
_TEXT = re.compile(r"\s*'((?:\\.|[^'\\])*)'", re.DOTALL)
_NUMBER = re.compile(r"\s*(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)")
_WORD = re.compile(r"\s*(true|false|null)\b")
_PATH = re.compile(r"\s*(\$(?:\[[^\]]*\]|[^,()\s\[\]])*)")
Read = Callable[[str], Any]
"""Gives the value of a path."""
Argument = Callable[[Read], Any]


class IntrinsicSyntaxError(ValueError):
    """The text is not a call of an intrinsic function."""


def compile_intrinsic(text: str, check_path: Callable[[str], object]) -> Argument:
    """Compiles a call.

    Args:
        check_path: compiles a path, raising ValueError where it is not one.

    Raises:
        IntrinsicSyntaxError: an unknown function, a wrong number of arguments, or no call at all.
    """
    argument, end = _call(text, 0, check_path)
    if text[end:].strip():
        raise IntrinsicSyntaxError(f"unexpected text after the call: {text[end:]}")
    return argument


def _call(text: str, at: int, check_path: Callable[[str], object]) -> tuple[Argument, int]:
    match = _CALL.match(text, at)
    if match is None or match[1] not in _FUNCTIONS:
        raise IntrinsicSyntaxError(f"not an intrinsic function: {text[at:]}")
    function, least, most = _FUNCTIONS[match[1]]
    arguments, at = _arguments(text, match.end(), check_path)
    if not least <= len(arguments) <= most:
        raise IntrinsicSyntaxError(f"{match[1]} takes {least} to {most} arguments")
    name = match[1]

    def evaluate(read: Read) -> Any:
        values = [argument(read) for argument in arguments]
        try:
            return function(*values)
        except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
            raise StateFailedError(
                INTRINSIC_FAILURE, f"The function '{name}' had the following error: {error}"
            ) from None

    return evaluate, at


def _arguments(
    text: str, at: int, check_path: Callable[[str], object]
) -> tuple[list[Argument], int]:
    found: list[Argument] = []
    while True:
        closing = re.compile(r"\s*\)").match(text, at)
        if closing is not None and not found:
            return found, closing.end()
        argument, at = _argument(text, at, check_path)
        found.append(argument)
        separator = re.compile(r"\s*([,)])").match(text, at)
        if separator is None:
            raise IntrinsicSyntaxError(f"a ',' or ')' is missing: {text[at:]}")
        at = separator.end()
        if separator[1] == ")":
            return found, at


def _argument(text: str, at: int, check_path: Callable[[str], object]) -> tuple[Argument, int]:
    if _CALL.match(text, at):
        return _call(text, at, check_path)
    if match := _TEXT.match(text, at):
        return _constant(re.sub(r"\\([\\'])", r"\1", match[1])), match.end()
    if match := _NUMBER.match(text, at):
        return _constant(orjson.loads(match[1])), match.end()
    if match := _WORD.match(text, at):
        return _constant(orjson.loads(match[1])), match.end()
    if match := _PATH.match(text, at):
        path = match[1]
        check_path(path)
        return (lambda read: read(path)), match.end()
    raise IntrinsicSyntaxError(f"not an argument: {text[at:]}")


def _constant(value: Any) -> Argument:
    return lambda _: value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _java_text(value: Any) -> str:
    """A value as ``States.Format`` writes it: objects and arrays as Java prints them."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={_java_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_java_text, value)) + "]"
    return _text(value)


def _format(template: str, *values: Any) -> str:
    remaining = list(values)

    def replaced(match: re.Match[str]) -> str:
        if match[0] != "{}":
            return match[0][1]
        if not remaining:
            raise ValueError("fewer arguments than placeholders")
        return _java_text(remaining.pop(0))

    return re.sub(r"\\[{}\\']|\{\}", replaced, template)


def _partition(items: list[Any], size: Any) -> list[Any]:
    count = _integer(size)
    if count <= 0:
        raise ValueError("the chunk size must be a positive integer")
    return [items[start : start + count] for start in range(0, len(_list(items)), count)]


def _range(first: Any, last: Any, step: Any) -> list[int]:
    start, end, by = _integer(first), _integer(last), _integer(step)
    if by == 0:
        raise ValueError("the step cannot be zero")
    found = list(range(start, end + (1 if by > 0 else -1), by))
    if len(found) > MAX_ARRAY:
        raise ValueError(f"an array may have {MAX_ARRAY} items at the most")
    return found


def _contains(items: Any, wanted: Any) -> bool:
    return any(_same(item, wanted) for item in _list(items))


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _unique(items: Any) -> list[Any]:
    found: list[Any] = []
    for item in _list(items):
        if not any(_same(item, known) for known in found):
            found.append(item)
    return found


def _get_item(items: Any, index: Any) -> Any:
    place = _integer(index)
    if not 0 <= place < len(_list(items)):
        raise ValueError(f"there is no item {place}")
    return items[place]


def _hash(data: Any, algorithm: str) -> str:
    names = {"MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"}
    if algorithm not in names:
        raise ValueError(f"unknown algorithm {algorithm}")
    name = algorithm.lower().replace("-", "")
    return hashlib.new(name, _text(data).encode(), usedforsecurity=False).hexdigest()


def _merge(one: Any, other: Any, deep: Any) -> dict[str, Any]:
    if deep is not False:
        raise ValueError("only shallow merging is supported: the third argument must be false")
    if not isinstance(one, dict) or not isinstance(other, dict):
        raise ValueError("both must be JSON objects")
    return {**one, **other}


def _random(first: Any, last: Any, seed: Any = None) -> int:
    start, end = _integer(first), _integer(last)
    if end <= start:
        raise ValueError("the end must be greater than the start")
    return random.Random(seed).randrange(start, end)  # noqa: S311


def _split(text: Any, delimiters: Any) -> list[str]:
    if not isinstance(text, str) or not isinstance(delimiters, str):
        raise ValueError("both must be strings")
    if not delimiters:
        return [text]
    return [part for part in re.split(f"[{re.escape(delimiters)}]", text) if part]


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"not a number: {_text(value)}")
    return math.floor(value + 0.5)  # as Java rounds: halves go up


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("not an array")
    return value


def _uuid() -> str:
    return str(uuid.uuid4())  # noqa: TID251


_FUNCTIONS: dict[str, tuple[Callable[..., Any], int, int]] = {
    "States.Format": (_format, 1, 1000),
    "States.StringToJson": (orjson.loads, 1, 1),
    "States.JsonToString": (lambda value: orjson.dumps(value).decode(), 1, 1),
    "States.Array": (lambda *items: list(items), 0, 1000),
    "States.ArrayPartition": (_partition, 2, 2),
    "States.ArrayContains": (_contains, 2, 2),
    "States.ArrayRange": (_range, 3, 3),
    "States.ArrayGetItem": (_get_item, 2, 2),
    "States.ArrayLength": (lambda items: len(_list(items)), 1, 1),
    "States.ArrayUnique": (_unique, 1, 1),
    "States.Base64Encode": (lambda text: base64.b64encode(text.encode()).decode(), 1, 1),
    "States.Base64Decode": (lambda text: base64.b64decode(text).decode(), 1, 1),
    "States.Hash": (_hash, 2, 2),
    "States.JsonMerge": (_merge, 3, 3),
    "States.MathRandom": (_random, 2, 3),
    "States.MathAdd": (lambda one, other: _integer(one) + _integer(other), 2, 2),
    "States.StringSplit": (_split, 2, 2),
    "States.UUID": (_uuid, 0, 0),
}
