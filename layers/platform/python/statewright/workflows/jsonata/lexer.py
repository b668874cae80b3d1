"""JSONata source to tokens, one at a time: what ``/`` means depends on what stands before it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SPACE = re.compile(r"(?:\s+|/\*.*?\*/)*", re.DOTALL)
_NUMBER = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_STRING = re.compile(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""", re.DOTALL)
_QUOTED = re.compile(r"`([^`]*)`")
_REGEX = re.compile(r"/((?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\[])+)/([im]*)", re.DOTALL)
_SIGN = re.compile(r"\.\.|:=|!=|>=|<=|\*\*|~>|\?:|\?\?|[.\[\]{}(),@#;:?+\-*/%|=<>^&!~]")
_NAME = re.compile(r"[^\s.\[\]{}(),@#;:?+\-*/%|=<>^&!~'\"`]+")
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
WORDS = frozenset({"and", "or", "in"})


class ParseError(ValueError):
    """The text is not JSONata. ``position`` is a character offset into it."""

    def __init__(self, message: str, position: int):
        super().__init__(message)
        self.position = position


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of source. ``kind`` is name, variable, number, string, regex, end, or the sign."""

    kind: str
    value: str
    at: int
    end: int


class Lexer:
    """Reads a source from left to right."""

    def __init__(self, source: str):
        self._source = source

    def token(self, start: int, *, operand: bool) -> Token:
        """The token at or after ``start``.

        Args:
            operand: whether a value may stand here, so that ``/`` begins a regular expression.
        """
        space = _SPACE.match(self._source, start)
        at = space.end() if space else start
        if at >= len(self._source):
            return Token("end", "", at, at)
        first = self._source[at]
        if self._source.startswith("/*", at):
            raise ParseError("a comment is not closed", at)
        if first in "\"'":
            return self._string(at)
        if first == "`":
            return self._quoted(at)
        if first == "/" and operand:
            return self._regex(at)
        number = _NUMBER.match(self._source, at) if first.isdigit() else None
        if number is not None:
            return Token("number", number[0], at, number.end())
        sign = _SIGN.match(self._source, at)
        if sign is not None:
            return Token(sign[0], sign[0], at, sign.end())
        return self._name(at, operand=operand)

    def _string(self, at: int) -> Token:
        match = _STRING.match(self._source, at)
        if match is None:
            raise ParseError("a text is not closed", at)
        return Token("string", _ESCAPE.sub(_unescaped, match[0][1:-1]), at, match.end())

    def _quoted(self, at: int) -> Token:
        match = _QUOTED.match(self._source, at)
        if match is None:
            raise ParseError("a quoted name is not closed", at)
        return Token("name", match[1], at, match.end())

    def _regex(self, at: int) -> Token:
        match = _REGEX.match(self._source, at)
        if match is None:
            raise ParseError("a regular expression is empty or not closed", at)
        return Token("regex", match[0], at, match.end())

    def _name(self, at: int, *, operand: bool) -> Token:
        match = _NAME.match(self._source, at)
        assert match is not None
        text = match[0]
        if text.startswith("$"):
            return Token("variable", text[1:], at, match.end())
        if text in WORDS and not operand:
            return Token(text, text, at, match.end())
        return Token("name", text, at, match.end())


def _unescaped(match: re.Match[str]) -> str:
    escape = match[1]
    if len(escape) == 5:
        return chr(int(escape[1:], 16))
    return _ESCAPES.get(escape, escape)
