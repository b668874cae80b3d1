"""What functions ask of their arguments, and what they give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statewright.workflows.checks.functions import SIGNATURES
from statewright.workflows.checks.types import (
    ANY,
    FUNCTION,
    NOTHING,
    OPEN,
    TEXT,
    List,
    Type,
    describe,
    either,
    field_of,
    item_of,
    listing,
    overlaps,
    without,
)
from statewright.workflows.jsonata import nodes
from statewright.workflows.jsonata.nodes import Node
from statewright.workflows.suggestions import did_you_mean

if TYPE_CHECKING:
    from statewright.workflows.checks.inference import Env, Inference

_SAME_ITEMS = frozenset({"reverse", "sort", "shuffle"})
_PER_ITEM = frozenset({"map", "filter", "single"})


def call(reading: Inference, node: nodes.Call, context: Type, env: Env) -> Type:
    """The type of a call's result."""
    return _called(reading, node.function, list(node.arguments), context, env)


def applied(reading: Inference, node: nodes.Binary, context: Type, env: Env) -> Type:
    """The type of ``value ~> function``."""
    right = node.right
    if isinstance(right, nodes.Call):
        arguments = [node.left, *right.arguments]
        return _called(reading, right.function, arguments, context, env)
    reading.of(node.left, context, env)
    reading.of(right, context, env)
    return ANY


def _called(
    reading: Inference, function: Node, arguments: list[Node | None], context: Type, env: Env
) -> Type:
    name = function.name if isinstance(function, nodes.Variable) else ""
    if name in SIGNATURES and name in env and name != "error":
        detail = f"the step or variable `{name}` hides the function ${name}: give it another name"
        reading.findings.error("hidden-function", reading.at, detail)
    if name not in SIGNATURES or (name in env and name != "error"):
        return _foreign(reading, function, arguments, context, env)
    kinds = [
        ANY if argument is None else _argument(reading, name, index, arguments, context, env)
        for index, argument in enumerate(arguments)
    ]
    if None in arguments:
        return FUNCTION
    _check(reading, name, kinds)
    return _result(name, kinds, arguments)


def _foreign(
    reading: Inference, function: Node, arguments: list[Node | None], context: Type, env: Env
) -> Type:
    if isinstance(function, nodes.Variable) and function.name not in env:
        if function.name not in {"", "$"}:
            detail = f"there is no function ${function.name}"
            suggestion = did_you_mean(function.name, SIGNATURES, "$")
            reading.findings.error("unknown-function", reading.at, detail, suggestion)
    elif not isinstance(function, nodes.Variable):
        reading.of(function, context, env)
    for argument in arguments:
        if argument is not None:
            reading.of(argument, context, env)
    return ANY


def _argument(
    reading: Inference,
    name: str,
    index: int,
    arguments: list[Node | None],
    context: Type,
    env: Env,
) -> Type:
    """The type of an argument. A function written in place knows what it will be called with."""
    from statewright.workflows.checks.inference import Known

    argument = arguments[index]
    assert argument is not None
    if index == 1 and name in _PER_ITEM and isinstance(argument, nodes.Lambda):
        first = arguments[0]
        items = ANY if first is None else item_of(reading.of(first, context, env))
        given = dict(zip(argument.parameters, (items,), strict=False))
        known = {p: Known(given.get(p, ANY)) for p in argument.parameters}
        return listing(reading.of(argument.body, context, {**env, **known}))
    return reading.of(argument, context, env)


def _check(reading: Inference, name: str, kinds: list[Type]) -> None:
    signature = SIGNATURES[name]
    if len(kinds) > len(signature.takes):
        most = len(signature.takes)
        detail = f"${name} takes {most or 'no'} argument{'s' * (most != 1)}, not {len(kinds)}"
        reading.findings.error("arguments", reading.at, detail)
    elif len(kinds) < signature.least:
        detail = f"${name} takes at least {signature.least} arguments, not {len(kinds)}"
        reading.findings.error("arguments", reading.at, detail)
    for index, (kind, wanted) in enumerate(zip(kinds, signature.takes, strict=False), 1):
        given = without(kind, NOTHING)
        lists = [atom.item for atom in wanted if isinstance(atom, List)]
        # A list of texts or numbers may be given as one.
        fits = either(wanted, *lists)
        if not given or name in _PER_ITEM or FUNCTION in (given, wanted):
            continue
        if not overlaps(given, fits) or (lists and not _items_fit(given, lists[0])):
            detail = f"${name}: argument {index} is {describe(given)}, not {describe(wanted)}"
            reading.findings.error("type-mismatch", reading.at, detail)


def _items_fit(given: Type, wanted: Type) -> bool:
    items = without(item_of(given), NOTHING)
    return not items or overlaps(items, wanted)


def _result(name: str, kinds: list[Type], arguments: list[Node | None]) -> Type:
    first = kinds[0] if kinds else ANY
    item = item_of(without(first, NOTHING) or NOTHING)
    if name in _SAME_ITEMS:
        return listing(item)
    if name == "distinct":
        return first
    if name == "filter":
        return either(item, listing(item), NOTHING)
    if name == "map" and len(kinds) > 1 and isinstance(arguments[1], nodes.Lambda):
        return either(item_of(kinds[1]), kinds[1], NOTHING)
    if name == "append" and len(kinds) > 1:
        return listing(either(item, item_of(without(kinds[1], NOTHING) or NOTHING)))
    if name == "keys":
        return either(listing(TEXT), TEXT, NOTHING)
    if name == "lookup" and len(arguments) > 1:
        key = arguments[1]
        if isinstance(key, nodes.Literal) and isinstance(key.value, str):
            return field_of(first, key.value)
        return ANY
    if name == "merge":
        return OPEN
    return SIGNATURES[name].gives
