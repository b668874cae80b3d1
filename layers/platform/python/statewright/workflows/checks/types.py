"""A small lattice of types: what an expression's value can be, as far as anybody can tell.

A type is a set of atoms, any of which the value may be. ``ANY`` means that nothing is known, and
nothing is ever said against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

MOST_ATOMS = 8
MOST_LITERALS = 20
MOST_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Plain:
    """Null, true or false, a number, a function, or nothing at all (JSONata's undefined)."""

    name: Literal["null", "boolean", "number", "function", "nothing", "anything"]


@dataclass(frozen=True, slots=True)
class Text:
    """Text; one of ``values`` where those are known."""

    values: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class List:
    """A list."""

    item: Type


@dataclass(frozen=True, slots=True)
class Object:
    """An object. An open one may have further fields; ``declared``: somebody has listed them."""

    fields: Mapping[str, Type]
    open: bool = False

    def __hash__(self) -> int:
        return hash((frozenset(self.fields), self.open))


Atom = Plain | Text | List | Object
Type = frozenset[Atom]

ANY: Type = frozenset({Plain("anything")})
NULL: Type = frozenset({Plain("null")})
BOOLEAN: Type = frozenset({Plain("boolean")})
NUMBER: Type = frozenset({Plain("number")})
FUNCTION: Type = frozenset({Plain("function")})
NOTHING: Type = frozenset({Plain("nothing")})
TEXT: Type = frozenset({Text()})
LIST: Type = frozenset({List(ANY)})
OPEN: Type = frozenset({Object({}, open=True)})


def text(*values: str) -> Type:
    """One of some texts."""
    return frozenset({Text(frozenset(values))})


def listing(item: Type) -> Type:
    """A list of such items."""
    return frozenset({List(item)})


def record(fields: Mapping[str, Type], *, extra: bool = False) -> Type:
    """An object with these fields, and others too where ``extra``."""
    return frozenset({Object(fields, open=extra)})


def either(*types: Type) -> Type:
    """Any of several types."""
    atoms = frozenset().union(*types)
    if atoms >= ANY:
        return ANY
    texts = [atom for atom in atoms if isinstance(atom, Text)]
    if len(texts) > 1:
        known = [atom.values for atom in texts if atom.values is not None]
        values = frozenset().union(*known)
        whole = len(known) == len(texts) and len(values) <= MOST_LITERALS
        atoms = (atoms - frozenset(texts)) | {Text(values if whole else None)}
    return atoms if len(atoms) <= MOST_ATOMS else ANY


def without(kind: Type, *others: Type) -> Type:
    """The type without some atoms."""
    return kind - frozenset().union(*others)


def depth(kind: Type) -> int:
    """How deeply lists and objects are nested in it."""
    below = 0
    for atom in kind:
        if isinstance(atom, List):
            below = max(below, depth(atom.item))
        elif isinstance(atom, Object):
            below = max([below, *map(depth, atom.fields.values())])
    return below + 1


def bounded(kind: Type) -> Type:
    """The type, or ANY where it has grown beyond use."""
    return kind if depth(kind) <= MOST_DEPTH else ANY


def describe(kind: Type) -> str:
    """The type in words: "text", "a number or null"."""
    words = sorted({_word(atom) for atom in kind})
    return " or ".join(words) if words else "nothing"


def _word(atom: Atom) -> str:
    match atom:
        case Plain(name="null"):
            return "null"
        case Plain(name="boolean"):
            return "true/false"
        case Plain(name="number"):
            return "a number"
        case Plain(name="function"):
            return "a function"
        case Plain(name=name):
            return name
        case Text():
            return "text"
        case List():
            return "a list"
        case Object():
            return "an object"


def overlaps(one: Type, other: Type) -> bool:
    """Whether a value can be of both types, judged by what kind of thing it is."""
    if ANY in (one, other):
        return True
    return bool({_shape(atom) for atom in one} & {_shape(atom) for atom in other})


def _shape(atom: Atom) -> str:
    return atom.name if isinstance(atom, Plain) else type(atom).__name__


def field_of(kind: Type, name: str) -> Type:
    """What ``.name`` of such a value is."""
    found = [_field(atom, name) for atom in kind]
    return either(*found) if found else NOTHING


def _field(atom: Atom, name: str) -> Type:
    match atom:
        case Plain(name="anything"):
            return ANY
        case Object(fields=fields, open=extra):
            if name in fields:
                return fields[name]
            return ANY if extra else NOTHING
        case List(item=item):
            below = without(field_of(item, name), NOTHING)
            if not below:
                return NOTHING
            # One result stands for itself, several are a list, lists in lists are joined.
            inner = [a.item if isinstance(a, List) else frozenset({a}) for a in below]
            return ANY if ANY in inner else either(below, listing(either(*inner)), NOTHING)
    return NOTHING


def fields_of(kind: Type) -> frozenset[str] | None:
    """The names of all fields that such a value can have, or None where nobody knows."""
    names: set[str] = set()
    for atom in kind:
        if isinstance(atom, Object):
            names |= atom.fields.keys()
        elif isinstance(atom, List):
            names |= fields_of(atom.item) or set()
        elif isinstance(atom, Plain) and atom.name == "anything":
            return None
    return frozenset(names)


def lists_its_fields(kind: Type) -> bool:
    """Whether somebody has said which fields such a value has, even if it may have others."""
    objects = [atom for atom in kind if isinstance(atom, Object)]
    objects += [
        a for atom in kind if isinstance(atom, List) for a in atom.item if isinstance(a, Object)
    ]
    return bool(objects) and all(atom.fields for atom in objects)


def item_of(kind: Type) -> Type:
    """What an element is when such a value is gone through."""
    items = [atom.item if isinstance(atom, List) else frozenset({atom}) for atom in kind]
    return either(*items) if items else ANY
