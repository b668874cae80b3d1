"""Filters of paths, such as ``[?(@.price < $.limit && !(@.sold == true))]``, as Jayway reads them.

https://github.com/json-path/JsonPath#filter-operators
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from typing import Any

Predicate = Callable[[Any, Any], bool]
"""Takes an item and the document."""
Values = Callable[[Any, Any], list[Any]]
"""What an operand stands for: one value, or none where its path leads nowhere."""
Paths = Callable[[str], Callable[[Any], list[Any]]]
"""Compiles a path that begins with ``$``, into what finds its values in a document."""
MOST_DEPTH = 20
_TOKEN = re.compile(
    r"""\s*(?:(?P<join>&&|\|\|)
      | (?P<compare>==|!=|<=|>=|<|>|\b(?:in|nin|subsetof|anyof|noneof|contains|size|empty)\b)
      | (?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
      | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])
      | (?P<path>[@$](?:\.{1,2}(?:[\w$-]+|\*)|\[[^\]]*\])*)
      | (?P<mark>[()\[\],!])
      | (?P<word>\w+))""",
    re.VERBOSE,
)
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}


class FilterSyntaxError(ValueError):
    """The text is not a filter."""


def compile_filter(text: str, paths: Paths) -> Predicate:
    """Compiles a filter, without its brackets.

    Raises:
        FilterSyntaxError: the text is not one.
    """
    reader = _Reader(text, list(_tokens(text)), paths)
    predicate = reader.any_of(0)
    if reader.kind:
        raise FilterSyntaxError(f"not a filter: {text}")
    return predicate


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise FilterSyntaxError(f"not a filter: {text}")
        assert match.lastgroup is not None
        yield match.lastgroup, match[match.lastgroup]
        position = match.end()


class _Reader:
    """Recursive descent over the tokens."""

    def __init__(self, text: str, tokens: list[tuple[str, str]], paths: Paths):
        self._text = text
        self._tokens = [*tokens, ("", "")]
        self._at = 0
        self._paths = paths

    @property
    def kind(self) -> str:
        """The next token's; empty at the end."""
        return self._tokens[self._at][0]

    def _next_is(self, token: str) -> bool:
        if self._tokens[self._at][1] != token or self.kind == "text":
            return False
        self._at += 1
        return True

    def _fail(self) -> FilterSyntaxError:
        return FilterSyntaxError(f"not a filter: {self._text}")

    def any_of(self, depth: int) -> Predicate:
        """Alternatives joined by ``||``."""
        options = [self._all_of(depth)]
        while self._next_is("||"):
            options.append(self._all_of(depth))
        if len(options) == 1:
            return options[0]
        return lambda item, root: any(option(item, root) for option in options)

    def _all_of(self, depth: int) -> Predicate:
        needs = [self._one(depth)]
        while self._next_is("&&"):
            needs.append(self._one(depth))
        if len(needs) == 1:
            return needs[0]
        return lambda item, root: all(need(item, root) for need in needs)

    def _one(self, depth: int) -> Predicate:
        if depth > MOST_DEPTH:
            raise self._fail()
        if self._next_is("!"):
            inner = self._one(depth + 1)
            return lambda item, root: not inner(item, root)
        if self._next_is("("):
            inner = self.any_of(depth + 1)
            if not self._next_is(")"):
                raise self._fail()
            return inner
        return self._comparison()

    def _comparison(self) -> Predicate:
        path = self.kind == "path"
        left = self._operand()
        if self.kind != "compare":
            if not path:
                raise self._fail()
            return lambda item, root: bool(left(item, root))
        holds = _OPERATORS[self._tokens[self._at][1]]
        self._at += 1
        right = self._operand()
        return lambda item, root: any(
            holds(one, other) for one in left(item, root) for other in right(item, root)
        )

    def _operand(self) -> Values:
        kind, text = self._tokens[self._at]
        if kind == "path":
            self._at += 1
            find = self._paths("$" + text[1:])
            if text[0] == "@":
                return lambda item, _: find(item)
            return lambda _, root: find(root)
        value = self._literal()
        return lambda *_: [value]

    def _literal(self) -> Any:
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", text[1:-1])
        if kind == "number":
            return float(text) if re.search("[.eE]", text) else int(text[:300])
        if kind == "word":
            return _WORDS.get(text, text)  # Jayway takes a bare word for a string
        if text == "[" and kind == "mark":
            return self._list()
        raise self._fail()

    def _list(self) -> list[Any]:
        found: list[Any] = []
        while not self._next_is("]"):
            if found and not self._next_is(","):
                raise self._fail()
            if self._tokens[self._at][1] == "[":
                raise self._fail()
            found.append(self._literal())
        return found


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _ordered(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], bool]:
    def holds(one: Any, other: Any) -> bool:
        numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (one, other))
        texts = isinstance(one, str) and isinstance(other, str)
        return (numbers or texts) and bool(compare(one, other))

    return holds


def _among(one: Any, other: Any) -> bool:
    return isinstance(other, list) and any(_same(one, item) for item in other)


def _each_among(one: Any, other: Any) -> list[bool]:
    return [_among(item, other) for item in one] if isinstance(one, list) else []


def _contains(one: Any, other: Any) -> bool:
    if isinstance(one, str):
        return isinstance(other, str) and other in one
    return _among(other, one)


def _is_sized(one: Any, other: Any) -> bool:
    return isinstance(one, list | str) and _same(len(one), other)


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": _same,
    "!=": lambda one, other: not _same(one, other),
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "in": _among,
    "nin": lambda one, other: not _among(one, other),
    "subsetof": lambda one, other: isinstance(one, list) and all(_each_among(one, other)),
    "anyof": lambda one, other: any(_each_among(one, other)),
    "noneof": lambda one, other: isinstance(one, list) and not any(_each_among(one, other)),
    "contains": _contains,
    "size": _is_sized,
    "empty": lambda one, other: isinstance(one, list | str) and _same(not one, other),
}
