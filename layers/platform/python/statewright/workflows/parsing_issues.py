"""What pydantic has against a definition, as its author can use it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from statewright.errors import Issue
from statewright.workflows import definition as models
from statewright.workflows.definition import KINDS, OPTIONS
from statewright.workflows.expressions import pointer_part
from statewright.workflows.suggestions import did_you_mean

_COMMON = frozenset({"id", "name", "note", "when", "disabled"})


def issues_of(error: ValidationError, source: Any) -> tuple[Issue, ...]:
    """Each finding with a pointer into what was sent, a sentence and, if there is one, a guess."""
    return tuple(_issue(found, source) for found in error.errors(include_url=False))


def summary(issues: tuple[Issue, ...]) -> str:
    """The first issue, and how many more there are."""
    first = issues[0]
    more = f" (and {len(issues) - 1} more)" if len(issues) > 1 else ""
    return f"{first.pointer}: {first.detail}{more}"


def _issue(found: Any, source: Any) -> Issue:
    keys, parents = _path(found, source)
    pointer = "/" + "/".join(pointer_part(str(key)) for key in keys)
    if found["type"] == "extra_forbidden":
        return _unknown_field(pointer, str(keys[-1]), parents[-2])
    if found["type"] == "step_kind":
        return _unknown_kind(pointer, found["msg"], parents[-1])
    if found["type"] == "missing":
        return Issue(pointer, "is required")
    detail = found["msg"].removeprefix("Value error, ")
    return Issue(pointer, detail[0].lower() + detail[1:])


def _path(found: Any, source: Any) -> tuple[list[Any], list[Any]]:
    """The path as the author wrote it, without the tags of unions, and the values along it."""
    keys: list[Any] = []
    values = [source]
    before: Any = None
    for part in found["loc"]:
        node = values[-1]
        in_list, before = isinstance(before, int), part
        if in_list and part in KINDS and isinstance(node, dict):
            continue  # the tag of the step's kind
        if (isinstance(node, dict) and part in node) or (
            isinstance(node, list) and isinstance(part, int) and part < len(node)
        ):
            values.append(node[part])
        elif found["type"] != "missing" or part != found["loc"][-1]:
            continue
        keys.append(part)
    return keys, values


def _unknown_field(pointer: str, name: str, parent: Any) -> Issue:
    kind = next((kind for kind in KINDS if kind in parent), None)
    if kind is not None and name in OPTIONS:
        return Issue(pointer, f"a step of the kind '{kind}' has no '{name}'")
    known = _fields(KINDS[kind]) if kind is not None else _ALL_FIELDS
    return Issue(pointer, "is not a known field", did_you_mean(name, known))


def _unknown_kind(pointer: str, sentence: str, step: Any) -> Issue:
    if not isinstance(step, dict):
        return Issue(pointer, "a step is an object")
    kinds = [kind for kind in KINDS if kind in step]
    if len(kinds) > 1:
        return Issue(pointer, f"{sentence}, but this one has {' and '.join(kinds)}")
    odd = [str(key) for key in step if key not in OPTIONS | _COMMON | {"with", "as", "steps"}]
    guesses = (did_you_mean(name, KINDS) for name in odd)
    return Issue(pointer, sentence, next((guess for guess in guesses if guess), None))


def _fields(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(field.alias or name for name, field in model.model_fields.items())


def _every_field() -> Iterator[str]:
    for name in models.__all__:
        model = getattr(models, name)
        if isinstance(model, type) and issubclass(model, BaseModel):
            yield from _fields(model)


_ALL_FIELDS = frozenset(_every_field())
