"""The tree of a JSONata expression: a closed union of frozen values.

``at`` and ``end`` are the node's place in the source, for messages and for renaming.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Literal:
    """Text, a number, true, false or null."""

    value: str | float | bool | None
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Regex:
    """``/…/i``."""

    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Field:
    """A name: the field of that name in what is looked at."""

    name: str
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Variable:
    """``$name``; ``$`` has the name "" and ``$$`` the name "$"."""

    name: str
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Wildcard:
    """``*``, ``**`` or ``%``."""

    sign: str
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Step:
    """``base.step``."""

    base: Node
    step: Node
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Filter:
    """``base[predicate]``, or ``base[]`` without a predicate."""

    base: Node
    predicate: Node | None
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Bind:
    """``base@$name`` (the item) or ``base#$name`` (its position)."""

    base: Node
    sign: str
    name: str
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Sort:
    """``base^(terms)``."""

    base: Node
    terms: tuple[Node, ...]
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Group:
    """``base{key: value}``; without a base it makes an object."""

    base: Node | None
    pairs: tuple[tuple[Node, Node], ...]
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Array:
    """``[items]``."""

    items: tuple[Node, ...]
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Binary:
    """Two sides and an operator; ``~>`` and ``..`` are operators too."""

    operator: str
    left: Node
    right: Node
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Negate:
    """``-value``."""

    value: Node
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Conditional:
    """``test ? yes : no``; ``no`` may be left out."""

    test: Node
    yes: Node
    no: Node | None
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Assign:
    """``$name := value``."""

    name: str
    value: Node
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """``(one; after; the other)``."""

    parts: tuple[Node, ...]
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Lambda:
    """``function($a, $b) { body }``."""

    parameters: tuple[str, ...]
    body: Node
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Call:
    """``function(arguments)``; an argument of None is a placeholder, ``?``."""

    function: Node
    arguments: tuple[Node | None, ...]
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Transform:
    """``| pattern | update, delete |``."""

    pattern: Node
    update: Node
    delete: Node | None
    at: int
    end: int


Node = (
    Literal
    | Regex
    | Field
    | Variable
    | Wildcard
    | Step
    | Filter
    | Bind
    | Sort
    | Group
    | Array
    | Binary
    | Negate
    | Conditional
    | Assign
    | Block
    | Lambda
    | Call
    | Transform
)


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below, in the order of the source."""
    for slot in node.__slots__:
        value = getattr(node, slot)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, Node):
                    yield item
                elif isinstance(item, tuple):
                    yield from item
