"""Intrinsic functions of JSONPath states, such as ``States.Format('{}', $.name)``.

A call that is no call is refused when a state machine is created; arguments that a function
cannot take, their number included, fail the state with States.Runtime, as they do on AWS.
https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
"""

from __future__ import annotations

import base64
import hashlib
import math
import random  # noqa: TID251
import re
from collections.abc import Callable
from typing import Any

import orjson

from asl.errors import RUNTIME, StateFailedError
from asl.java_random import JavaRandom
from asl.payload import Payload
from asl.randomness import random_uuid

MAX_ARRAY = 1000
MAX_TEXT = 10_000
MAX_NESTED = 10
_INT = range(-(2**31), 2**31)
_CALL = re.compile(r"\s*(States\.\w+)\s*\(")
_TEXT = re.compile(r"\s*'((?:\\['{}\\]|[^'\\])*)'", re.DOTALL)
_NUMBER = re.compile(r"\s*(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)")
_WORD = re.compile(r"\s*(true|false|null)\b")
_PATH = re.compile(r"\s*(\$(?:\[[^\]]*\]|[^,()\s\[\]])*)")
_END = re.compile(r"\s*\)")
_SEPARATOR = re.compile(r"\s*([,)])")
_ESCAPE = re.compile(r"\\([{}\\'])")
_PLACEHOLDER = re.compile(r"\\[{}\\']|\{\}|[{}]")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
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
        IntrinsicSyntaxError: an unknown function, too many nested, or no call at all.
    """
    argument, end = _call(text, 0, check_path, 1)
    if text[end:].strip():
        raise IntrinsicSyntaxError(f"unexpected text after the call: {text[end:]}")
    return argument


def _call(
    text: str, at: int, check_path: Callable[[str], object], depth: int
) -> tuple[Argument, int]:
    match = _CALL.match(text, at)
    if match is None or match[1] not in _FUNCTIONS:
        raise IntrinsicSyntaxError(f"not an intrinsic function: {text[at:]}")
    if depth > MAX_NESTED:
        raise IntrinsicSyntaxError(f"more than {MAX_NESTED} nested intrinsic functions")
    name = match[1]
    function, least, most = _FUNCTIONS[name]
    arguments, at = _arguments(text, match.end(), check_path, depth, name == "States.Format")

    def evaluate(read: Read) -> Any:
        values = [argument(read) for argument in arguments]
        try:
            if least <= len(values) <= most:
                return function(*values)
        except (ValueError, TypeError, OverflowError, RecursionError):
            pass
        raise StateFailedError(RUNTIME, f"Invalid arguments in {name}")

    return evaluate, at


def _arguments(
    text: str, at: int, check_path: Callable[[str], object], depth: int, is_format: bool
) -> tuple[list[Argument], int]:
    closing = _END.match(text, at)
    if closing is not None:
        return [], closing.end()
    found: list[Argument] = []
    while True:
        literal = _TEXT.match(text, at) if is_format and not found else None
        if literal is not None:  # its escapes are those of a template
            found.append(_constant(literal[1]))
            at = literal.end()
        else:
            argument, at = _argument(text, at, check_path, depth)
            found.append(argument)
        separator = _SEPARATOR.match(text, at)
        if separator is None:
            raise IntrinsicSyntaxError(f"a ',' or ')' is missing: {text[at:]}")
        at = separator.end()
        if separator[1] == ")":
            return found, at


def _argument(
    text: str, at: int, check_path: Callable[[str], object], depth: int
) -> tuple[Argument, int]:
    if _CALL.match(text, at):
        return _call(text, at, check_path, depth + 1)
    if match := _TEXT.match(text, at):
        return _constant(_ESCAPE.sub(r"\1", match[1])), match.end()
    if match := _NUMBER.match(text, at):
        return _constant(_number(match[1])), match.end()
    if match := _WORD.match(text, at):
        return _constant(orjson.loads(match[1])), match.end()
    if match := _PATH.match(text, at):
        path = match[1]
        check_path(path)
        return (lambda read: read(path)), match.end()
    raise IntrinsicSyntaxError(f"not an argument: {text[at:]}")


def _constant(value: Any) -> Argument:
    return lambda _: value


def _number(text: str) -> int | float:
    return int(text) if len(text) < 20 and text.lstrip("-").isdecimal() else float(text)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _java_text(value: Any) -> str:
    """A value as ``States.Format`` writes it: objects and arrays as Java prints them."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={_java_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_java_text, value)) + "]"
    return _text(value)


def _format(template: Any, *values: Any) -> str:
    remaining = list(values)

    def replaced(match: re.Match[str]) -> str:
        if match[0][0] == "\\":
            return match[0][1]
        if match[0] != "{}" or not remaining:
            raise ValueError("a lone brace, or fewer arguments than placeholders")
        return _java_text(remaining.pop(0))

    text = _PLACEHOLDER.sub(replaced, template)
    if remaining:
        raise ValueError("more arguments than placeholders")
    return text


def _parsed(text: Any) -> Any:
    return Payload.parse(_string(text)).value if _string(text).strip() else None


def _partition(items: Any, size: Any) -> list[Any]:
    count = _whole(size)
    if count <= 0:
        raise ValueError("the chunk size must be a positive integer")
    return [items[start : start + count] for start in range(0, len(_list(items)), count)]


def _range(first: Any, last: Any, step: Any) -> list[int]:
    start, end, by = _whole(first), _whole(last), _whole(step)
    found = range(start, end + (1 if by > 0 else -1), by)
    if len(found[: MAX_ARRAY + 1]) > MAX_ARRAY:
        raise ValueError(f"an array may have {MAX_ARRAY} items at the most")
    return list(found)


def _contains(items: Any, wanted: Any) -> bool:
    # AWS compares what is written, so 1 is in ["1"] and {"a":1,"b":2} not in [{"b":2,"a":1}].
    text = _text(wanted)
    return any(_text(item) == text for item in _list(items))


def _unique(items: Any) -> list[Any]:
    known: dict[bytes, Any] = {}
    for item in _list(items):
        known.setdefault(orjson.dumps(item, option=orjson.OPT_SORT_KEYS), item)
    return list(known.values())


def _get_item(items: Any, index: Any) -> Any:
    place = _whole(index)
    if not _list(items) and place >= 0:
        return None
    if not 0 <= place < len(items):
        raise ValueError(f"there is no item {place}")
    return items[place]


def _encoded(text: Any) -> str:
    return base64.b64encode(_short(_string(text)).encode()).decode()


def _decoded(text: Any) -> str:
    # As leniently as AWS: padding may be missing, other characters are passed over.
    urls = _short(_string(text)).replace("-", "+").replace("_", "/")
    digits = _NOT_BASE64.sub("", urls.partition("=")[0])
    digits = digits[:-1] if len(digits) % 4 == 1 else digits
    return base64.b64decode(digits + "=" * (-len(digits) % 4)).decode(errors="replace")


def _hash(data: Any, algorithm: Any) -> str:
    names = {"MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"}
    if algorithm not in names:
        raise ValueError(f"unknown algorithm {algorithm}")
    name = algorithm.lower().replace("-", "")
    text = _short(_text(data))
    return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()


def _merge(one: Any, other: Any, deep: Any) -> dict[str, Any]:
    if deep is True:
        raise ValueError("only shallow merging is supported: the third argument must be false")
    if not isinstance(one, dict) or not isinstance(other, dict):
        raise ValueError("both must be JSON objects")
    return {**one, **other}


def _add(one: Any, other: Any) -> int:
    return _int(_int(_rounded(one)) + _int(_rounded(other)))


def _random(*values: Any) -> int:
    start, end, *seed = (_whole(value) for value in values)
    if _int(end) <= _int(start):
        raise ValueError("the end must be greater than the start")
    if seed:
        return start + JavaRandom(seed[0]).next_int(end - start)
    return random.randrange(start, end)  # noqa: S311


def _split(text: Any, delimiters: Any) -> list[str]:
    pattern = f"[{re.escape(_string(delimiters))}]" if _string(delimiters) else r"(?!)"
    return [part for part in re.split(pattern, _string(text)) if part]


def _rounded(value: Any) -> int:
    return math.floor(_numeric(value) + 0.5)  # as Java rounds: halves go up


def _whole(value: Any) -> int:
    return math.trunc(_numeric(value))  # AWS documents rounding, and truncates


def _int(value: int) -> int:
    if value not in _INT:
        raise ValueError(f"{value} does not fit into 32 bits")
    return value


def _numeric(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a number")
    return value


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a string")
    return value


def _short(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise ValueError(f"more than {MAX_TEXT:,} characters")
    return text


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("not an array")
    return value


def _uuid() -> str:
    return random_uuid()


_FUNCTIONS: dict[str, tuple[Callable[..., Any], int, int]] = {
    "States.Format": (_format, 1, 1000),
    "States.StringToJson": (_parsed, 1, 1),
    "States.JsonToString": (lambda value: orjson.dumps(value).decode(), 1, 1),
    "States.Array": (lambda *items: list(items), 0, 1000),
    "States.ArrayPartition": (_partition, 2, 2),
    "States.ArrayContains": (_contains, 2, 2),
    "States.ArrayRange": (_range, 3, 3),
    "States.ArrayGetItem": (_get_item, 2, 2),
    "States.ArrayLength": (lambda items: len(_list(items)), 1, 1),
    "States.ArrayUnique": (_unique, 1, 1),
    "States.Base64Encode": (_encoded, 1, 1),
    "States.Base64Decode": (_decoded, 1, 1),
    "States.Hash": (_hash, 2, 2),
    "States.JsonMerge": (_merge, 3, 3),
    "States.MathRandom": (_random, 2, 3),
    "States.MathAdd": (_add, 2, 2),
    "States.StringSplit": (_split, 2, 2),
    "States.UUID": (_uuid, 0, 0),
}
