"""Text to definition: YAML or JSON, read safely and within limits."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import yaml
from pydantic import ValidationError

from statewright.errors import InvalidError, Issue, MalformedError, TooLargeError
from statewright.workflows.definition import Definition, every_step
from statewright.workflows.definition.machine import outline_issues
from statewright.workflows.parsing_issues import issues_of, summary

MAX_BYTES = 1_000_000
MAX_DEPTH = 60
MAX_VALUES = 100_000
MAX_STEPS = 2_000
"""A state machine may have a megabyte: that is room for some 1,500 steps that do something."""
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class _Loader(yaml.CSafeLoader):
    """YAML 1.2's core schema (`on` and `2024-01-01` are text), without duplicate keys."""

    yaml_implicit_resolvers: dict[str, Any] = {}

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key!r} is not text (write it in quotes)",
                    problem_mark=key_node.start_mark,
                )
            if key in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key!r} stands here twice", problem_mark=key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


_INTEGER = re.compile(r"[-+]?[0-9]+$")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
for _tag, _pattern, _first in (
    ("null", re.compile(r"(~|null|Null|NULL|)$"), ["~", "n", "N", ""]),
    ("bool", re.compile(r"(true|True|TRUE|false|False|FALSE)$"), list("tTfF")),
    ("int", _INTEGER, list("-+0123456789")),
    ("float", _FLOAT, list("-+.0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", _pattern, _first)


def _construct(kind: type) -> Any:
    return lambda loader, node: kind(loader.construct_scalar(node))


_Loader.add_constructor("tag:yaml.org,2002:int", _construct(int))
_Loader.add_constructor("tag:yaml.org,2002:float", _construct(float))


def read_yaml(text: str) -> Any:
    """YAML (or JSON, which is YAML) as plain values.

    Raises:
        TooLargeError: more than a megabyte.
        MalformedError: not YAML, with the line.
    """
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise TooLargeError(f"A definition may have {MAX_BYTES:,} bytes at the most.")
    _check_events(text)
    try:
        return yaml.load(text, _Loader)  # noqa: S506  (it derives from the safe loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise MalformedError(f"Not valid YAML: {error.problem}{where}.") from None
    except (yaml.YAMLError, ValueError) as error:
        raise MalformedError(f"Not valid YAML: {error}.") from None


def _check_events(text: str) -> None:
    """Refuses what makes a small text huge or a parser overflow, before anything is built."""
    depth = 0
    for event in _events(text):
        if isinstance(event, yaml.AliasEvent):
            raise MalformedError("Not valid YAML: aliases are not allowed.")
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise MalformedError(f"Nested deeper than {MAX_DEPTH} levels.")
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            depth -= 1


def _events(text: str) -> Any:
    try:
        yield from yaml.parse(text, yaml.CSafeLoader)
    except yaml.YAMLError:
        return  # the real parse reports it, with its place


def parse_definition(source: Any) -> Definition:
    """Plain values to a definition.

    Raises:
        InvalidError: with a pointer, a sentence and, where there is one, a suggestion for each
            thing that is wrong.
        TooLargeError: more than anybody draws or writes.
        MalformedError: nested too deeply, or not storable.
    """
    check_values(source)
    try:
        definition = Definition.model_validate(source)
    except ValidationError as error:
        issues = issues_of(error, source)
        raise InvalidError(summary(issues), issues) from None
    found = tuple(_body_issues(definition))
    if found:
        raise InvalidError(summary(found), found)
    if sum(1 for _ in every_step(definition.steps)) > MAX_STEPS:
        raise TooLargeError(f"A definition may have {MAX_STEPS:,} steps at the most.")
    return definition


def _body_issues(definition: Definition) -> Iterator[Issue]:
    """A workflow has steps, or else a state machine with what that may have."""
    if definition.asl is None:
        if not definition.steps:
            yield Issue("/steps", "is required")
        return
    if definition.steps:
        yield Issue("/steps", "an imported state machine has states, and no steps beside them")
    if definition.output is not None:
        yield Issue("/output", "an imported state machine has its own output")
    if definition.settings.concurrency is not None:
        detail = "an imported state machine asks for no turns: start it by a workflow that does"
        yield Issue("/settings/concurrency", detail)
    yield from outline_issues(definition.asl)


def check_values(source: Any) -> None:
    """Refuses values that are too many or too deep to go on with, or that no database takes.

    Raises:
        TooLargeError: too many.
        MalformedError: too deep, not a number, or half a character.
    """
    waiting, count = [(source, 1)], 0
    while waiting:
        value, depth = waiting.pop()
        count += 1
        if count > MAX_VALUES:
            raise TooLargeError(f"A definition may have {MAX_VALUES:,} values at the most.")
        if depth > MAX_DEPTH:
            raise MalformedError(f"Nested deeper than {MAX_DEPTH} levels.")
        if isinstance(value, dict):
            waiting += [(part, depth + 1) for item in value.items() for part in item]
        elif isinstance(value, list):
            waiting += [(item, depth + 1) for item in value]
        elif isinstance(value, str) and _UNSTORABLE.search(value):
            raise MalformedError("A text holds a NUL or half of a character (a lone surrogate).")
        elif isinstance(value, float) and not math.isfinite(value):
            raise MalformedError(f"{value} is not a number that JSON has.")
