"""JSONPath as Step Functions reads it: Jayway's dialect, over the input, ``$$`` or a variable.

A path that can only mean one place (definite) gives its value; any other gives a list of what it
finds. https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from asl.errors import RUNTIME, StateFailedError
from asl.jsonpath.filters import FilterSyntaxError, Predicate, compile_filter

MAX_FOUND = 2**18
"""More places than this no path may lead to, on its way either: no payload can hold so many."""
_ROOT = re.compile(r"\$(?P<context>\$)?(?P<variable>[A-Za-z_]\w*)?")
_STEP = re.compile(
    r"""(?P<descend>\.\.)(?P<deep>\*|[^\s.\[\]()'"]+)?
      | \.(?P<name>[^\s.\[\]()'"*][^\s.\[\]()'"]*)
      | \.?\[\s*'(?P<quoted>(?:\\.|[^'\\])*)'\s*\]
      | \.?\[\s*"(?P<double>(?:\\.|[^"\\])*)"\s*\]
      | \.?\[\s*(?P<index>-?\d{1,18})\s*\]
      | \.?\[\s*(?P<slice>-?\d{0,18}\s*:\s*-?\d{0,18}(?:\s*:\s*-?\d{0,18})?)\s*\]
      | \.?\[\s*(?P<union>(?:-?\d{1,18}|'[^']*')(?:\s*,\s*(?:-?\d{1,18}|'[^']*'))+)\s*\]
      | \.?\[\s*\?\(\s*(?P<filter>.*?)\s*\)\s*\]
      | (?P<wild>\.\*|\.?\[\s*\*\s*\])""",
    re.VERBOSE,
)


class JsonPathSyntaxError(ValueError):
    """The text is not a path."""


class PathMissingError(Exception):
    """A definite path leads nowhere. The message says where it ends, in Jayway's words.

    ``is_beyond``: it ends beyond an array's items. A payload template makes that null, as AWS does.
    """

    def __init__(self, message: str, is_beyond: bool = False):
        super().__init__(message)
        self.is_beyond = is_beyond


@dataclass(frozen=True, slots=True)
class JsonPath:
    """A compiled path. ``variable`` is None for the input and the context object."""

    text: str
    context: bool
    variable: str | None
    steps: tuple[tuple[str, Any], ...]

    @property
    def definite(self) -> bool:
        """Whether it can only mean one place."""
        return all(kind in {"child", "index"} for kind, _ in self.steps)

    @property
    def is_reference(self) -> bool:
        """Whether it may be written to: a definite path into the input."""
        return self.definite and not self.context and self.variable is None

    def read(self, document: Any) -> Any:
        """What the path finds in a document.

        Raises:
            PathMissingError: the path is definite and the place is not there.
        """
        if self.definite:
            return self._follow(document)
        found = [document]
        for kind, argument in self.steps:
            items = (item for one in found for item in _expand(kind, argument, one, document))
            found = list(islice(items, MAX_FOUND + 1))
            if len(found) > MAX_FOUND:
                raise StateFailedError(RUNTIME, f"The path '{self.text}' finds too much")
        return found

    def _follow(self, value: Any) -> Any:
        place = "$"
        for number, (_, key) in enumerate(self.steps):
            here = f"{place}['{key}']" if isinstance(key, str) else f"{place}[{key}]"
            child = _child(value, key)
            if child is _ABSENT:
                last = number == len(self.steps) - 1
                what = "No results for path:" if last else "Missing property in path"
                beyond = last and isinstance(value, list) and isinstance(key, int)
                raise PathMissingError(f"{what} {here}", beyond)
            place, value = here, child
        return value

    def write(self, document: Any, value: Any) -> Any:
        """The document with ``value`` at the path; objects on the way are made where missing.

        Raises:
            PathMissingError: the way leads through something that is not an object.
        """
        return _written(document, [key for _, key in self.steps], value)


_ABSENT = object()


def _child(value: Any, key: Any) -> Any:
    if isinstance(key, str):
        return value.get(key, _ABSENT) if isinstance(value, dict) else _ABSENT
    if isinstance(value, list) and -len(value) <= key < len(value):
        return value[key]
    return _ABSENT


def _written(document: Any, keys: list[Any], value: Any) -> Any:
    if not keys:
        return value
    key, *rest = keys
    if isinstance(key, int):
        if not isinstance(document, list) or not 0 <= key < len(document):
            raise PathMissingError(f"No results for path: $[{key}]")
        return [*document[:key], _written(document[key], rest, value), *document[key + 1 :]]
    if document is None or not isinstance(document, dict):
        raise PathMissingError(f"Missing property in path $['{key}']")
    return {**document, key: _written(document.get(key, {}), rest, value)}


def _expand(kind: str, argument: Any, value: Any, root: Any) -> Iterator[Any]:
    match kind:
        case "child" | "index":
            child = _child(value, argument)
            if child is not _ABSENT:
                yield child
        case "wild":
            yield from _children(value)
        case "slice":
            if isinstance(value, list):
                yield from value[argument]
        case "union":
            for key in argument:
                yield from _expand("child", key, value, root)
        case "filter":
            yield from (item for item in _children(value) if argument(item, root))
        case "descend":
            yield from _descendants(value)


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _descendants(value: Any) -> Iterator[Any]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += reversed(_children(one))


@lru_cache(maxsize=8192)
def compile_path(text: str) -> JsonPath:
    """Compiles a path.

    Raises:
        JsonPathSyntaxError: the text is not one.
    """
    text = text.strip()  # as Jayway does
    root = _ROOT.match(text)
    if root is None:
        raise JsonPathSyntaxError(f"a path begins with '$': {text}")
    steps: list[tuple[str, Any]] = []
    position = root.end()
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise JsonPathSyntaxError(f"not a path: {text}")
        steps += _steps_of(match)
        position = match.end()
    context = bool(root["context"])
    if context and root["variable"]:
        raise JsonPathSyntaxError(f"not a path: {text}")
    return JsonPath(text, context, root["variable"], tuple(steps))


def _steps_of(match: re.Match[str]) -> list[tuple[str, Any]]:
    if match["descend"]:
        deep = match["deep"]
        if deep is None:
            return [("descend", None)]
        return [("descend", None), ("wild", None) if deep == "*" else ("child", deep)]
    if match["index"] is not None:
        return [("index", int(match["index"]))]
    if match["slice"] is not None:
        parts = [int(part) if part.strip() else None for part in match["slice"].split(":")]
        if parts[2:] == [0]:
            raise JsonPathSyntaxError("a slice needs a step other than zero")
        return [("slice", slice(*parts))]
    if match["union"] is not None:
        return [("union", [_literal(part.strip()) for part in match["union"].split(",")])]
    if match["filter"] is not None:
        return [("filter", _filter(match["filter"]))]
    if match["wild"] is not None:
        return [("wild", None)]
    name = match["name"]
    if name is None:
        quoted = match["quoted"] if match["quoted"] is not None else match["double"]
        name = re.sub(r"\\(.)", r"\1", quoted)
    return [("child", name)]


def _literal(text: str) -> Any:
    return text[1:-1] if text[:1] == "'" else int(text)


def _filter(text: str) -> Predicate:
    try:
        return compile_filter(text, _finder)
    except FilterSyntaxError as error:
        raise JsonPathSyntaxError(str(error)) from None


def _finder(text: str) -> Callable[[Any], list[Any]]:
    path = compile_path(text)

    def find(document: Any) -> list[Any]:
        try:
            value = path.read(document)
        except PathMissingError:
            return []
        return [value] if path.definite else value

    return find
