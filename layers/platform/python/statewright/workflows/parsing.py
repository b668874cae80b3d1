"""Text to definition: YAML or JSON, read safely and within limits."""

from __future__ import annotations

import re
from typing import Any

import yaml
from pydantic import ValidationError

from statewright.errors import InvalidError, Issue, MalformedError, TooLargeError
from statewright.workflows.definition import KINDS, LATER, Definition

MAX_BYTES = 1_000_000
MAX_DEPTH = 60


class _Loader(yaml.CSafeLoader):
    """YAML 1.2's core schema (`on` and `2024-01-01` are text), without duplicate keys."""

    yaml_implicit_resolvers: dict[str, Any] = {}

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for index, key in enumerate(keys):
            if not isinstance(key, str):
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key!r} is not text (write it in quotes)",
                    problem_mark=node.value[index][0].start_mark,
                )
            if key in keys[:index]:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key!r} stands here twice",
                    problem_mark=node.value[index][0].start_mark,
                )
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
    """
    try:
        return Definition.model_validate(source)
    except ValidationError as error:
        issues = tuple(_issue(found, source) for found in error.errors(include_url=False))
        raise InvalidError(_summary(issues), issues) from None


def _holds(node: Any, part: Any) -> bool:
    if isinstance(node, dict):
        return part in node
    return isinstance(node, list) and isinstance(part, int) and part < len(node)


def _summary(issues: tuple[Issue, ...]) -> str:
    first = issues[0]
    more = f" (and {len(issues) - 1} more)" if len(issues) > 1 else ""
    return f"{first.pointer}: {first.detail}{more}"


def _issue(found: Any, source: Any) -> Issue:
    """pydantic's finding with the path as the author wrote it: union tags are left out."""
    node, keys = source, []
    before: Any = None
    for part in found["loc"]:
        in_list, before = isinstance(before, int), part
        if in_list and part in KINDS and isinstance(node, dict):
            continue  # the tag of the step's kind
        if (isinstance(node, dict) and part in node) or (
            isinstance(node, list) and isinstance(part, int) and part < len(node)
        ):
            node = node[part]
        elif found["type"] != "missing" or part != found["loc"][-1]:
            continue
        keys.append(str(part))
    pointer = "/" + "/".join(keys) if keys else "/"
    if found["type"] == "step_kind" and isinstance(node, dict) and LATER & node.keys():
        kind = next(iter(LATER & node.keys()))
        return Issue(pointer, f"steps of the kind '{kind}' are not supported yet")
    if found["type"] == "extra_forbidden":
        return Issue(pointer, "is not a known field")
    if found["type"] == "missing":
        return Issue(pointer, "is required")
    detail = found["msg"].removeprefix("Value error, ")
    return Issue(pointer, detail[0].lower() + detail[1:])
