"""Which variables each state of a definition refers to, as DescribeStateMachine tells it.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from asl.jsonata.template import is_expression

References = dict[str, list[str]]
"""Variables without their ``$`` by state, each once, in the order of the definition."""

_JSONATA = re.compile(
    r"""/\*.*?\*/ | "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | `[^`]*`
      | (?:\bfunction|λ)\s*\((?P<parameters>[^)]*)\)
      | (?P<binds>[@\#]\s*)?\$(?P<name>[A-Za-z_]\w*)(?P<after>\s*(?:\(|:=))?""",
    re.VERBOSE | re.DOTALL,
)
_PATH = re.compile(r"'(?:[^'\\]|\\.)*'|(?<!\$)\$([A-Za-z_]\w*)")
_NAME = re.compile(r"\$([A-Za-z_]\w*)")
_SCOPES = {"Branches", "ItemProcessor", "Iterator"}
"""Fields that hold states of their own."""
_UNREAD = _SCOPES | {"Comment", "Result"}


@lru_cache(maxsize=256)
def variable_references(definition: str) -> References:
    """The references of a valid definition; states without any are left out."""
    machine = json.loads(definition)
    found: References = {}
    for name, state, language in _states(machine, machine.get("QueryLanguage", "JSONPath")):
        own = {field: value for field, value in state.items() if field not in _UNREAD}
        texts = _expressions(own) if language == "JSONata" else _paths(own)
        names = _in_expression if language == "JSONata" else _in_path
        used = dict.fromkeys(variable for text in texts for variable in names(text))
        if used:
            found[name] = list(used)
    return found


def _states(scope: Any, language: str) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Every state, with its name and its language, those of inner scopes after their owner."""
    for name, state in scope["States"].items():
        yield name, state, state.get("QueryLanguage", language)
        for field in _SCOPES & state.keys():
            inner = state[field]
            for each in inner if isinstance(inner, list) else [inner]:
                yield from _states(each, language)


def _expressions(node: Any) -> Iterator[str]:
    """The JSONata expressions in a part of a state."""
    match node:
        case str() if is_expression(node):
            yield node[2:-2]
        case dict():
            for value in node.values():
                yield from _expressions(value)
        case list():
            for value in node:
                yield from _expressions(value)


def _paths(node: Any) -> Iterator[str]:
    """The JSONPaths and intrinsic functions in a part of a state."""
    match node:
        case dict():
            for name, value in node.items():
                if isinstance(value, str) and (name.endswith((".$", "Path")) or name == "Variable"):
                    yield value
                else:
                    yield from _paths(value)
        case list():
            for value in node:
                yield from _paths(value)


def _in_path(text: str) -> list[str]:
    return [name for name in _PATH.findall(text) if name]


def _in_expression(text: str) -> list[str]:
    """The names that the expression neither calls nor binds itself."""
    used: list[str] = []
    bound = {"states"}
    for match in _JSONATA.finditer(text):
        bound |= set(_NAME.findall(match["parameters"] or ""))
        name, after = match["name"], (match["after"] or "").strip()
        if name is None or after == "(":
            continue
        if after == ":=" or match["binds"]:
            bound.add(name)
        used.append(name)
    return [name for name in used if name not in bound]
