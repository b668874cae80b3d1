"""What evaluating an expression is certain not to do: raise an error, or give nothing.

States with a ``Catch`` cost more than those without, so a `try` leaves alone what cannot fail.
Everything that is not known to be safe counts as able to fail.
"""

from __future__ import annotations

from dataclasses import dataclass

from statewright.workflows.expressions import FUNCTIONS
from statewright.workflows.jsonata import nodes
from statewright.workflows.jsonata.nodes import Node

_ALWAYS_BOOLEAN = frozenset({"=", "!=", "and", "or", "in"})
_ALWAYS_THERE = {
    "trigger": frozenset({"type", "id", "body", "headers", "query"}),
    "execution": frozenset({"id", "correlation_id", "started_at", "workflow", "version"}),
    "error": frozenset({"name", "cause"}),
}
_NEVER_NOTHING = frozenset({"exists", "count"})
_NOTHING_FROM_NOTHING = frozenset({"boolean", "not", "string", "type"})


@dataclass(frozen=True, slots=True)
class Certainty:
    """What can become of an evaluation."""

    may_raise: bool
    may_be_nothing: bool


_SURE = Certainty(may_raise=False, may_be_nothing=False)
_MAYBE_NOTHING = Certainty(may_raise=False, may_be_nothing=True)
_UNSURE = Certainty(may_raise=True, may_be_nothing=True)


def certainty(node: Node) -> Certainty:
    """What can become of evaluating a tree whose variables all have values."""
    match node:
        case nodes.Literal():
            return _SURE
        case nodes.Variable(name=name):
            if name in FUNCTIONS and name != "error":
                return _UNSURE  # a function is no value
            return _MAYBE_NOTHING if name in {"", "$"} else _SURE
        case nodes.Field():
            return _MAYBE_NOTHING
        case nodes.Step(base=base, step=nodes.Field(name=name)):
            known = isinstance(base, nodes.Variable) and name in _ALWAYS_THERE.get(base.name, ())
            return _SURE if known else _after(base, nothing=True)
        case nodes.Filter(base=base, predicate=predicate):
            return _after(base, *([] if predicate is None else [predicate]), nothing=True)
        case nodes.Binary(operator=operator, left=left, right=right):
            safe = operator in _ALWAYS_BOOLEAN or operator == "&"
            return _after(left, right, nothing=False) if safe else _UNSURE
        case nodes.Array(items=items):
            return _after(*items, nothing=False)
        case nodes.Conditional() | nodes.Group():
            return _conditional(node) if isinstance(node, nodes.Conditional) else _object(node)
        case nodes.Block(parts=(only,)):
            return certainty(only)
        case nodes.Call(function=nodes.Variable(name=name), arguments=(argument,)) if (
            argument is not None
        ):
            return _call(name, argument)
    return _UNSURE


def _conditional(node: nodes.Conditional) -> Certainty:
    ends = [node.yes] if node.no is None else [node.yes, node.no]
    nothing = node.no is None or any(certainty(end).may_be_nothing for end in ends)
    return _after(node.test, *ends, nothing=nothing)


def _object(node: nodes.Group) -> Certainty:
    keys = [key.value for key, _ in node.pairs if isinstance(key, nodes.Literal)]
    texts = len(set(keys)) == len(node.pairs) and all(isinstance(key, str) for key in keys)
    if node.base is not None or not texts:
        return _UNSURE
    return _after(*(value for _, value in node.pairs), nothing=False)


def _call(name: str, argument: Node) -> Certainty:
    if name in _NEVER_NOTHING:
        return _after(argument, nothing=False)
    if name in _NOTHING_FROM_NOTHING:
        return certainty(argument)
    return _UNSURE


def _after(*parts: Node, nothing: bool) -> Certainty:
    """Raises where a part does."""
    return Certainty(any(certainty(part).may_raise for part in parts), nothing)


def is_boolean(node: Node) -> bool:
    """Whether the tree's value is true or false whatever its variables are."""
    match node:
        case nodes.Literal(value=value):
            return isinstance(value, bool)
        case nodes.Binary(operator=operator):
            return operator in _ALWAYS_BOOLEAN
        case nodes.Block(parts=(only,)):
            return is_boolean(only)
        case nodes.Call(function=nodes.Variable(name="exists")):
            return True
        case nodes.Conditional(yes=yes, no=no):
            return no is not None and is_boolean(yes) and is_boolean(no)
    return False
