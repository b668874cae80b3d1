"""What operators ask of their sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statewright.workflows.checks import calls
from statewright.workflows.checks.types import (
    ANY,
    BOOLEAN,
    NOTHING,
    NULL,
    NUMBER,
    TEXT,
    Text,
    Type,
    describe,
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

_ORDER = frozenset({"<", "<=", ">", ">="})


def binary(reading: Inference, node: nodes.Binary, context: Type, env: Env) -> Type:
    """The type of what an operator gives; says what is wrong with its sides."""
    operator = node.operator
    if operator == "~>":
        return calls.applied(reading, node, context, env)
    left, right = (reading.of(side, context, env) for side in (node.left, node.right))
    if operator in {"and", "or"}:
        return BOOLEAN
    if operator in {"=", "!="}:
        _equality(reading, node, left, right)
        return BOOLEAN
    if operator == "in":
        _membership(reading, node, left, right)
        return BOOLEAN
    for side in (node.left, node.right):
        if operator != "&":
            reading.maybe_unset(side, env)
    if operator in _ORDER:
        _order(reading, node, left, right)
        return BOOLEAN
    if operator == "&":
        return TEXT
    number(reading, node.left, left, operator)
    number(reading, node.right, right, operator)
    return listing(NUMBER) if operator == ".." else NUMBER


def number(reading: Inference, node: Node, kind: Type, operator: str) -> None:
    """Says that a side of an arithmetic operator is no number, where it never is."""
    if kind != NOTHING and not overlaps(kind, NUMBER):
        join = "; use `&` to join texts" if operator == "+" and overlaps(kind, TEXT) else ""
        detail = f"`{operator}` needs numbers, but `{_shown(node)}` is {describe(kind)}{join}"
        reading.findings.error("type-mismatch", reading.at, detail)


def _order(reading: Inference, node: nodes.Binary, left: Type, right: Type) -> None:
    for side, kind in ((node.left, left), (node.right, right)):
        if kind != NOTHING and not overlaps(kind, NUMBER | TEXT):
            detail = (
                f"`{node.operator}` compares numbers or texts, but `{_shown(side)}` is "
                f"{describe(kind)}"
            )
            reading.findings.error("type-mismatch", reading.at, detail)
            return
    if NOTHING not in (left, right) and not overlaps(left, right):
        detail = f"`{node.operator}` compares {describe(left)} with {describe(right)}"
        reading.findings.error("type-mismatch", reading.at, detail)


def _equality(reading: Inference, node: nodes.Binary, left: Type, right: Type) -> None:
    one, other = without(left, NULL, NOTHING), without(right, NULL, NOTHING)
    if not one or not other:
        return
    if not overlaps(one, other):
        detail = f"{describe(one)} never equals {describe(other)}"
        reading.findings.warn("never-equal", reading.at, f"`{node.operator}`: {detail}")
        return
    _choices(reading, one, other)


def _membership(reading: Inference, node: nodes.Binary, left: Type, right: Type) -> None:
    one, other = without(left, NULL, NOTHING), without(item_of(right), NULL, NOTHING)
    if one and other and not overlaps(one, other):
        detail = f"`in`: {describe(one)} is never among {describe(other)}"
        reading.findings.warn("never-equal", reading.at, detail)
    elif one and other:
        _choices(reading, one, other)


def _choices(reading: Inference, one: Type, other: Type) -> None:
    """Warns where two texts come from lists that have nothing in common."""
    first, second = _texts(one), _texts(other)
    if not first or not second or first & second:
        return
    if len(first) < len(second):
        first, second = second, first
    odd = sorted(second)[0]
    detail = f"it is never '{odd}': it is one of {', '.join(sorted(first))}"
    reading.findings.warn("never-equal", reading.at, detail, did_you_mean(odd, first))


def _texts(kind: Type) -> frozenset[str]:
    if kind >= ANY or any(not isinstance(atom, Text) for atom in kind):
        return frozenset()
    known = [atom.values for atom in kind if isinstance(atom, Text)]
    return frozenset().union(*(values or () for values in known)) if all(known) else frozenset()


def _shown(node: Node) -> str:
    match node:
        case nodes.Variable(name=name):
            return f"${name}"
        case nodes.Step(base=base, step=nodes.Field(name=name)):
            return f"{_shown(base)}.{name}"
        case nodes.Literal(value=value):
            return f"'{value}'" if isinstance(value, str) else str(value).lower()
    return "one side"
