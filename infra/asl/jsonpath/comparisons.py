"""Choice rules of JSONPath states: every comparison operator, and And, Or, Not.

https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from asl.errors import RUNTIME, StateFailedError
from asl.jsonpath.path import JsonPath, JsonPathSyntaxError, PathMissingError, compile_path
from asl.jsonpath.pathflow import PathFlow, read
from asl.scope import Scope
from asl.timestamps import is_timestamp, parse_timestamp

_PATTERN = re.compile(r"\\.|\\$|\*|[^\\*]+", re.DOTALL)
Say = Callable[[str, str], None]
Test = Callable[[Any, Scope], bool]
"""Takes the state's subject and its scope."""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_timestamp(value: Any) -> bool:
    return isinstance(value, str) and parse_timestamp(value) is not None


def _numbers(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda value, other: _is_number(value) and _is_number(other) and compare(value, other)


def _strings(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda value, other: (
        isinstance(value, str) and isinstance(other, str) and compare(value, other)
    )


def _timestamps(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def test(value: Any, other: Any) -> bool:
        if not isinstance(value, str) or not isinstance(other, str):
            return False
        one, two = parse_timestamp(value), parse_timestamp(other)
        return one is not None and two is not None and compare(one, two)

    return test


def _matches(value: Any, pattern: Any) -> bool:
    """``*`` stands for any text; ``\\*`` for a star. Takes time linear in both for each star."""
    if not isinstance(value, str) or not isinstance(pattern, str):
        return False
    first, *middle = _literals(pattern)
    if not middle:
        return value == first
    *middle, last = middle
    end = len(value) - len(last)
    if not value.startswith(first) or not value.endswith(last) or end < len(first):
        return False
    place = len(first)
    for text in middle:  # the first place that fits leaves the most for the others
        place = value.find(text, place, end)
        if place < 0:
            return False
        place += len(text)
    return True


@lru_cache(maxsize=1024)
def _literals(pattern: str) -> tuple[str, ...]:
    """What stands between a pattern's stars."""
    parts = [""]
    for part in _PATTERN.findall(pattern):
        if part == "*":
            parts.append("")
        else:
            parts[-1] += part[1:] if part[0] == "\\" and len(part) == 2 else part
    return tuple(parts)


_ORDER = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "GreaterThan": operator.gt,
    "LessThanEquals": operator.le,
    "GreaterThanEquals": operator.ge,
}
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    **{f"Numeric{name}": _numbers(compare) for name, compare in _ORDER.items()},
    **{f"String{name}": _strings(compare) for name, compare in _ORDER.items()},
    **{f"Timestamp{name}": _timestamps(compare) for name, compare in _ORDER.items()},
    "StringMatches": _matches,
    "BooleanEquals": lambda value, other: (
        isinstance(value, bool) and isinstance(other, bool) and value is other
    ),
}
TYPE_TESTS: dict[str, Callable[[Any], bool]] = {
    "IsNull": lambda value: value is None,
    "IsNumeric": _is_number,
    "IsString": lambda value: isinstance(value, str),
    "IsBoolean": lambda value: isinstance(value, bool),
    "IsTimestamp": _is_timestamp,
}
NAMES = frozenset(
    {*OPERATORS, *(f"{name}Path" for name in OPERATORS if name != "StringMatches"), *TYPE_TESTS}
    | {"IsPresent"}
)


class RuleError(ValueError):
    """A choice rule is none. ``pointer`` leads to what is wrong in it."""

    def __init__(self, message: str, pointer: str):
        super().__init__(message)
        self.pointer = pointer


class Condition:
    """A rule's test, evaluated on its state's subject."""

    __slots__ = ("_flow", "_test")

    def __init__(self, test: Test, flow: PathFlow):
        self._test = test
        self._flow = flow

    def evaluate(self, scope: Scope) -> bool:
        """Whether the rule holds."""
        return self._test(self._flow.subject(scope), scope)


def compile_rule(rule: Any, say: Say, at: str) -> Test:
    """Compiles a comparison or a combination.

    Args:
        say: is told of constants of the wrong type, which match nothing.
        at: leads to the rule.

    Raises:
        RuleError: it is neither; the message says why.
    """
    if not isinstance(rule, dict):
        raise RuleError("Expected a JSON object", at)
    for name, join in (("And", all), ("Or", any)):
        if name in rule:
            if not isinstance(rule[name], list) or not rule[name]:
                raise RuleError(f"{name} must be a non-empty array", f"{at}/{name}")
            return _joined(
                join,
                [
                    compile_rule(inner, say, f"{at}/{name}[{i}]")
                    for i, inner in enumerate(rule[name])
                ],
            )
    if "Not" in rule:
        inner = compile_rule(rule["Not"], say, f"{at}/Not")
        return lambda root, scope: not inner(root, scope)
    found = [name for name in rule if name in NAMES]
    if len(found) != 1 or not isinstance(rule.get("Variable"), str):
        raise RuleError("a rule has Variable and exactly one comparison operator", at)
    fault = _constant_fault(found[0], rule[found[0]])
    if fault is not None:
        say(fault, f"{at}/{found[0]}")
    return _comparison(found[0], rule, at)


def _constant_fault(name: str, value: Any) -> str | None:
    """What is wrong with what a rule compares with."""
    if name.endswith("Path"):
        return None if isinstance(value, str) else f"{name} must be of type string"
    if name.startswith("Is") or name == "BooleanEquals":
        return None if isinstance(value, bool) else f"{name} must be of type boolean"
    if name.startswith("Numeric"):
        return None if _is_number(value) else f"{name} must be of type number"
    if not isinstance(value, str):
        return f"{name} must be of type string"
    if name.startswith("Timestamp") and not is_timestamp(value):
        return "String does not match RFC3339 timestamp"
    return None


def _joined(join: Callable[[Any], bool], tests: list[Test]) -> Test:
    return lambda root, scope: join(test(root, scope) for test in tests)


def _compiled(text: Any, at: str) -> JsonPath:
    try:
        return compile_path(text)
    except (JsonPathSyntaxError, TypeError, AttributeError) as error:
        raise RuleError(f"Value is not a Reference Path: {error}", at) from None


def _comparison(name: str, rule: dict[str, Any], at: str) -> Test:
    path, expected = _compiled(rule["Variable"], f"{at}/Variable"), rule[name]
    if name == "IsPresent":
        return lambda root, scope: _present(path, root, scope) is expected
    if name in TYPE_TESTS:
        return lambda root, scope: TYPE_TESTS[name](_value(path, root, scope)) is expected
    if name in OPERATORS:
        compare = OPERATORS[name]
        return lambda root, scope: compare(_value(path, root, scope), expected)
    other, compare = _compiled(expected, f"{at}/{name}"), OPERATORS[name.removesuffix("Path")]
    return lambda root, scope: compare(_value(path, root, scope), _value(other, root, scope))


def _present(path: Any, root: Any, scope: Scope) -> bool:
    try:
        value = read(path, root, scope)
    except PathMissingError:
        return False
    return path.definite or bool(value)


def _value(path: Any, root: Any, scope: Scope) -> Any:
    try:
        return read(path, root, scope)
    except PathMissingError:
        raise StateFailedError(
            RUNTIME,
            f"Invalid path '{path.text}': The choice state's condition path references an invalid "
            "value.",
        ) from None
