"""EventBridge's event patterns, all of them: what is well formed, and what matches.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html. A field
that is a list matches where one of its items does; of a list of objects, one must match as a whole.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from localcloud.errors import AwsError

MAX_DEPTH = 20
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "=": lambda a, b: a == b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_INSIDE_NOT = frozenset({"prefix", "suffix", "equals-ignore-case", "wildcard"})
_MISSING = object()
Test = Callable[[Any], bool]


def matcher(pattern: Mapping[str, Any]) -> Test:
    """The test that a pattern is, which :func:`check_pattern` has nothing against: made once, asked
    of every event."""
    fields = [(name, _field(wanted)) for name, wanted in pattern.items() if name != "$or"]
    options = [matcher(option) for option in pattern.get("$or", ())]

    def test(event: Any) -> bool:
        for name, field in fields:
            if not field(event.get(name, _MISSING)):
                return False
        return not options or any(option(event) for option in options)

    return test


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether an event matches a pattern that :func:`check_pattern` has nothing against."""
    return matcher(pattern)(event)


def _field(wanted: Any) -> Test:
    if isinstance(wanted, list):
        return _any_of(wanted)
    inner = matcher(wanted)

    def test(value: Any) -> bool:
        if isinstance(value, list):
            return any(isinstance(item, dict) and inner(item) for item in value)
        # Without the object, its fields are not there: that may be what a pattern asks for.
        return inner(value if isinstance(value, dict) else {})

    return test


def _any_of(wanted: list[Any]) -> Test:
    leaves = [_leaf(one) for one in wanted]
    texts = frozenset(one for one in wanted if isinstance(one, str))
    others = len(texts) < len(wanted)

    def test(value: Any) -> bool:
        if type(value) is str and not others:
            return value in texts
        return any(leaf(value) for leaf in leaves)

    return test


def _leaf(wanted: Any) -> Test:
    operator, argument = next(iter(wanted.items())) if isinstance(wanted, dict) else ("", wanted)
    if operator == "exists":
        return lambda value: (value is not _MISSING and not isinstance(value, dict)) is argument
    one = _tests(operator, argument) if operator else _equals(wanted)

    def test(value: Any) -> bool:
        if value is _MISSING or isinstance(value, dict):
            return False
        if not isinstance(value, list):
            return one(value)
        if operator == "anything-but":
            return bool(value) and all(map(one, value))
        return any(map(one, value))

    return test


def _equals(wanted: Any) -> Callable[[Any], bool]:
    boolean = isinstance(wanted, bool)
    return lambda value: isinstance(value, bool) is boolean and value == wanted


def _tests(operator: str, argument: Any) -> Callable[[Any], bool]:
    match operator:
        case "anything-but":
            return _anything_but(argument)
        case "numeric":
            return _numeric(argument)
        case "cidr":
            network = ipaddress.ip_network(argument, strict=False)
            return lambda value: _within(network, value)
        case _:
            return _text(operator, argument)


def _text(operator: str, argument: Any) -> Callable[[Any], bool]:
    if isinstance(argument, dict):  # {"prefix": {"equals-ignore-case": "eVent"}}
        plain = _text(operator, argument["equals-ignore-case"].lower())
        return lambda value: isinstance(value, str) and plain(value.lower())
    if operator == "wildcard":
        return lambda value: isinstance(value, str) and bool(_wildcard(argument).fullmatch(value))
    tests: dict[str, Callable[[str], bool]] = {
        "prefix": lambda text: text.startswith(argument),
        "suffix": lambda text: text.endswith(argument),
        "equals-ignore-case": lambda text: text.lower() == argument.lower(),
    }
    return lambda value: isinstance(value, str) and tests[operator](value)


def _anything_but(argument: Any) -> Callable[[Any], bool]:
    if isinstance(argument, dict):
        (operator, inner), *_ = argument.items()
        options = inner if isinstance(inner, list) else [inner]
        tests = [_text(operator, option) for option in options]
    else:
        tests = [_equals(one) for one in (argument if isinstance(argument, list) else [argument])]
    return lambda value: not any(test(value) for test in tests)


def _numeric(argument: list[Any]) -> Callable[[Any], bool]:
    pairs = [(_COMPARISONS[argument[i]], argument[i + 1]) for i in range(0, len(argument), 2)]
    return lambda value: _is_number(value) and all(test(value, limit) for test, limit in pairs)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _within(network: Any, value: Any) -> bool:
    try:
        return isinstance(value, str) and ipaddress.ip_address(value) in network
    except ValueError:
        return False


@lru_cache(maxsize=1024)
def _wildcard(text: str) -> re.Pattern[str]:
    """``*`` is any run of characters; a backslash takes the meaning from ``*`` and backslash."""
    parts = re.findall(r"\\[*\\]|\*|[^*\\]|\\", text)
    source = "".join(".*" if part == "*" else re.escape(part[-1]) for part in parts)
    return re.compile(source, re.DOTALL)


# -- what is a pattern ----------------------------------------------------------------------------


def check_pattern(pattern: Any, depth: int = 0) -> None:
    """Refuses what is no pattern.

    Raises:
        AwsError: InvalidEventPatternException.
    """
    if not isinstance(pattern, dict) or (not pattern and depth == 0) or depth > MAX_DEPTH:
        raise _invalid("an event pattern is a non-empty object")
    for name, wanted in pattern.items():
        if name == "$or":
            if not isinstance(wanted, list) or len(wanted) < 2:
                raise _invalid("$or takes a list of two or more patterns")
            for option in wanted:
                check_pattern(option, depth + 1)
        elif isinstance(wanted, dict):
            if not wanted:
                raise _invalid(f"'{name}' is empty")
            check_pattern(wanted, depth + 1)
        elif not isinstance(wanted, list) or not wanted:
            raise _invalid(f"'{name}' must be an object or a non-empty list")
        else:
            for one in wanted:
                _check_leaf(name, one)


def _check_leaf(name: str, one: Any) -> None:
    if isinstance(one, list):
        raise _invalid(f"'{name}' holds a list within a list")
    if not isinstance(one, dict):
        return
    if len(one) != 1:
        raise _invalid(f"'{name}': a match expression has exactly one operator")
    (operator, argument), *_ = one.items()
    if not _is_well_formed(operator, argument):
        raise _invalid(f"'{name}': {operator} is not known, or its value is not one it takes")


def _is_well_formed(operator: str, argument: Any) -> bool:
    match operator:
        case "exists":
            return isinstance(argument, bool)
        case "prefix" | "suffix":
            return isinstance(argument, str) or _is_caseless(argument)
        case "equals-ignore-case" | "wildcard":
            return isinstance(argument, str) and "**" not in argument
        case "numeric":
            return _is_comparison(argument)
        case "cidr":
            return _is_network(argument)
        case "anything-but":
            return _is_negatable(argument)
    return False


def _is_caseless(argument: Any) -> bool:
    return (
        isinstance(argument, dict)
        and list(argument) == ["equals-ignore-case"]
        and isinstance(argument["equals-ignore-case"], str)
    )


def _is_comparison(argument: Any) -> bool:
    if not isinstance(argument, list) or len(argument) not in {2, 4}:
        return False
    known = all(one in _COMPARISONS for one in argument[::2] if isinstance(one, str))
    texts = all(isinstance(one, str) for one in argument[::2])
    return known and texts and all(map(_is_number, argument[1::2]))


def _is_network(argument: Any) -> bool:
    try:
        ipaddress.ip_network(argument, strict=False)
    except (ValueError, TypeError):
        return False
    return isinstance(argument, str)


def _is_negatable(argument: Any) -> bool:
    if isinstance(argument, dict):
        if len(argument) != 1:
            return False
        (operator, inner), *_ = argument.items()
        options = inner if isinstance(inner, list) else [inner]
        return (
            operator in _INSIDE_NOT
            and bool(options)
            and all(isinstance(one, str) for one in options)
        )
    options = argument if isinstance(argument, list) else [argument]
    return bool(options) and all(
        isinstance(one, str) or _is_number(one) or isinstance(one, bool) or one is None
        for one in options
    )


def _invalid(detail: str) -> AwsError:
    return AwsError("InvalidEventPatternException", f"Event pattern is not valid. Reason: {detail}")
