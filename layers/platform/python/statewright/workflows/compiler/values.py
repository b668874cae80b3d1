"""Values of a definition as values of ASL: names find what they stand for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from statewright.workflows.compiler.certainty import certainty, is_boolean
from statewright.workflows.expressions import (
    is_expression,
    quoted,
    rename,
    source_of,
    strings_in,
    to_asl,
    to_source,
)
from statewright.workflows.jsonata import nodes, parse

ASL = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """What the names that depend on the place stand for. Step ids are ASL variables as they are."""

    sources: Mapping[str, str] = field(default_factory=dict)

    def but(self, **sources: str) -> Names:
        """These names, with some standing for something else."""
        return Names({**self.sources, **sources})

    def replacement(self, name: str) -> str | None:
        """The source that ``$name`` becomes, or None where it stays."""
        return self.sources.get(name)

    def source(self, text: str) -> str:
        """JSONata source of our own, such as ``$execution.id``, as it reads here."""
        return rename(text, self.replacement)


def asl_value(value: Any, names: Names) -> Any:
    """The value with every string translated."""
    if isinstance(value, str):
        return to_asl(value, names.replacement)
    if isinstance(value, dict):
        return {key: asl_value(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [asl_value(item, names) for item in value]
    return value


def value_source(value: Any, names: Names) -> str:
    """The value as one JSONata expression, for where ASL takes no template.

    JSONata joins lists that stand in lists, which a template does not, so an element that may be
    a list is wrapped once more.
    """
    if isinstance(value, str):
        source = to_source(value, names.replacement)
        return quoted(value) if source is None else source
    if isinstance(value, dict):
        pairs = (f"{quoted(key)}: {value_source(item, names)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_element(item, names) for item in value) + "]"
    return json.dumps(value)


def _element(item: Any, names: Names) -> str:
    source = value_source(item, names)
    literal = isinstance(item, str) and isinstance(parse(source), nodes.Array)
    if isinstance(item, str) and is_expression(item) and not literal:
        return f"($type({source}) = 'array' ? [[{source}]] : {source})"
    return source


def condition(value: str | bool, names: Names) -> Any:
    """A condition as Choice wants it: true or false, nothing else."""
    source = condition_source(value, names)
    return source if isinstance(source, bool) else expression(source)


def condition_source(value: str | bool, names: Names) -> str | bool:
    """A condition's source. Anything that is no boolean is judged as JSONata's ``? :`` does."""
    if isinstance(value, bool):
        return value
    source = to_source(value, names.replacement)
    if source is None:
        return bool(value)
    return source if is_boolean(parse(source)) else f"({source}) ? true : false"


def may_fail(value: Any) -> bool:
    """Whether evaluating the value can fail: an error, or nothing where ASL wants something."""
    return any(_may_fail(text, definedly=True) for _, text in strings_in(value))


def condition_may_fail(value: str | bool) -> bool:
    """Whether evaluating the condition can fail. Nothing at all counts as false."""
    return isinstance(value, str) and _may_fail(value, definedly=False)


def _may_fail(text: str, *, definedly: bool) -> bool:
    if is_expression(text):
        sure = certainty(parse(source_of(text)))
        return sure.may_raise or (definedly and sure.may_be_nothing)
    source = to_source(text, lambda _: None)
    return source is not None and certainty(parse(source)).may_raise


def expression(source: str) -> str:
    """Source as an ASL expression."""
    return "{% " + source + " %}"


def nulls(names: set[str]) -> ASL:
    """An ``Assign`` that empties variables, where there are any."""
    return {"Assign": dict.fromkeys(sorted(names))} if names else {}
