"""Choice rules of JSONPath states: every comparison operator, and And, Or, Not.

https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

from asl.errors import RUNTIME, StateFailedError
from asl.jsonpath.path import PathMissingError, compile_path
from asl.jsonpath.pathflow import PathFlow, read
from asl.scope import Scope
from asl.timestamps import parse_timestamp

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
    """``*`` stands for any text; ``\\*`` for a star."""
    if not isinstance(value, str) or not isinstance(pattern, str):
        return False
    parts = re.findall(r"\\.|\*|[^\\*]+", pattern, re.DOTALL)
    source = "".join(
        ".*" if part == "*" else re.escape(part[1:] if part[0] == "\\" else part) for part in parts
    )
    return re.fullmatch(source, value, re.DOTALL) is not None


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


class Condition:
    """A rule's test, evaluated on its state's subject."""

    __slots__ = ("_flow", "_test")

    def __init__(self, test: Test, flow: PathFlow):
        self._test = test
        self._flow = flow

    def evaluate(self, scope: Scope) -> bool:
        """Whether the rule holds."""
        return self._test(self._flow.subject(scope), scope)


def compile_rule(rule: dict[str, Any]) -> Test:
    """Compiles a comparison or a combination.

    Raises:
        ValueError: it is neither; the message says why.
    """
    for name, join in (("And", all), ("Or", any)):
        if name in rule:
            if not isinstance(rule[name], list) or not rule[name]:
                raise ValueError(f"{name} must be a non-empty array")
            return _joined(join, [compile_rule(inner) for inner in rule[name]])
    if "Not" in rule:
        inner = compile_rule(rule["Not"])
        return lambda root, scope: not inner(root, scope)
    found = [name for name in rule if name in NAMES]
    if len(found) != 1 or not isinstance(rule.get("Variable"), str):
        raise ValueError("a rule has Variable and exactly one comparison operator")
    return _comparison(rule["Variable"], found[0], rule)


def _joined(join: Callable[[Any], bool], tests: list[Test]) -> Test:
    return lambda root, scope: join(test(root, scope) for test in tests)


def _comparison(variable: str, name: str, rule: dict[str, Any]) -> Test:
    path, expected = compile_path(variable), rule[name]
    if name == "IsPresent":
        return lambda root, scope: _present(path, root, scope) is expected
    if name in TYPE_TESTS:
        return lambda root, scope: TYPE_TESTS[name](_value(path, root, scope)) is expected
    if name in OPERATORS:
        compare = OPERATORS[name]
        return lambda root, scope: compare(_value(path, root, scope), expected)
    other, compare = compile_path(expected), OPERATORS[name.removesuffix("Path")]
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
