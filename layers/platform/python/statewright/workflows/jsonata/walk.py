"""Which names an expression takes from outside, and where it says them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from statewright.workflows.jsonata import nodes
from statewright.workflows.jsonata.nodes import Node, children


@dataclass(frozen=True, slots=True)
class Use:
    """A place where a name from outside is used; ``called`` where it stands for a function."""

    name: str
    at: int
    end: int
    called: bool = False


def free_variables(node: Node, bound: frozenset[str] = frozenset()) -> Iterator[Use]:
    """The variables that a tree needs from outside: neither its own nor ``$`` and ``$$``."""
    match node:
        case nodes.Variable(name=name):
            if name not in bound and name not in {"", "$"}:
                yield Use(name, node.at, node.end)
        case nodes.Lambda(parameters=parameters, body=body):
            yield from free_variables(body, bound | set(parameters))
        case nodes.Call(function=nodes.Variable(name=name) as called):
            if name not in bound and name not in {"", "$"}:
                yield Use(name, called.at, called.end, called=True)
            for argument in node.arguments:
                if argument is not None:
                    yield from free_variables(argument, bound)
        case nodes.Block(parts=parts):
            for part in parts:
                # A variable exists from its assignment to the end of its block; a function that
                # is assigned to it may call itself.
                inner = bound | set(_assigned(part))
                yield from free_variables(part, inner if _is_function(part) else bound)
                bound = inner
        case _:
            bound |= set(_bound_by(node))
            for child in children(node):
                yield from free_variables(child, bound)


def _is_function(node: Node) -> bool:
    return isinstance(node, nodes.Assign) and isinstance(node.value, nodes.Lambda)


def _assigned(node: Node) -> Iterator[str]:
    """Names that are still assigned after a part of a block."""
    if isinstance(node, nodes.Assign):
        yield node.name
    if not isinstance(node, nodes.Block | nodes.Lambda):
        for child in children(node):
            yield from _assigned(child)


def _bound_by(node: Node) -> Iterator[str]:
    """Names that ``@$name`` and ``#$name`` anywhere in a path give to the rest of it."""
    if isinstance(node, nodes.Bind):
        yield node.name
    if isinstance(node, nodes.Step | nodes.Filter | nodes.Bind | nodes.Sort | nodes.Group):
        if node.base is not None:
            yield from _bound_by(node.base)
        if isinstance(node, nodes.Step):
            yield from _bound_by(node.step)
