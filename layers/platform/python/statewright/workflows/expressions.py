"""Expressions inside definitions: finding the names they use, renaming them, joining mixed text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import jsonata

from statewright.workflows.jsonata import ParseError, Use, free_variables, nodes, parse

_PART = re.compile(r"\{%(.*?)%\}", re.DOTALL)
FUNCTIONS = frozenset(
    """
    string length substring substringBefore substringAfter uppercase lowercase trim pad
    contains split join match replace base64encode base64decode encodeUrlComponent
    encodeUrl decodeUrlComponent decodeUrl number abs floor ceil round power sqrt random
    formatNumber formatBase formatInteger parseInteger sum max min average boolean not
    exists count append sort reverse shuffle distinct zip keys lookup spread merge sift
    each error assert type now millis fromMillis toMillis map filter single reduce
    partition range hash uuid parse
    """.split()  # noqa: SIM905
)
"""JSONata's functions as Step Functions has them. ``$error`` is one where it is called, else the
error that a handler sees."""

Replacement = Callable[[str], str | None]
"""Maps a name to the source that it becomes, or None where it stays."""


def is_expression(text: str) -> bool:
    """Whether the whole string is one expression, which then keeps its type."""
    stripped = text.strip()
    return (
        stripped.startswith("{%")
        and stripped.endswith("%}")
        and stripped.find("%}") == len(stripped) - 2
    )


def source_of(text: str) -> str:
    """The source of a string that is one whole expression."""
    return text.strip()[2:-2].strip()


def expressions_in(text: str) -> Iterator[str]:
    """The source of each ``{% … %}`` in a string."""
    for match in _PART.finditer(text):
        yield match[1].strip()


def strings_in(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Every string of a value with its JSON pointer."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from strings_in(item, f"{at}/{pointer_part(key)}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from strings_in(item, f"{at}/{index}")


def pointer_part(key: str) -> str:
    """A key as a part of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def is_dynamic(value: Any) -> bool:
    """Whether there is any expression in a value."""
    return any(next(expressions_in(text), None) is not None for _, text in strings_in(value))


def variables(expression: str) -> set[str]:
    """The names that the expression needs from outside: not functions, not its own variables.

    An expression that does not parse has none: the checks say what is wrong with it.
    """
    return {
        use.name
        for use in uses(expression)
        if not use.called and (use.name not in FUNCTIONS or use.name == "error")
    }


def uses(expression: str) -> tuple[Use, ...]:
    """Every place at which the expression uses a name from outside, functions included."""
    try:
        return tuple(free_variables(parse(expression)))
    except ParseError:
        return ()


def rename(expression: str, replacement: Replacement) -> str:
    """Replaces variables: ``replacement`` maps a name to new source, or None to keep it."""
    pieces, done = [], 0
    for use in sorted(uses(expression), key=lambda use: use.at):
        new = None if use.called else replacement(use.name)
        if new is not None:
            pieces += [expression[done : use.at], new]
            done = use.end
    return "".join(pieces) + expression[done:]


def to_asl(text: str, replacement: Replacement) -> str:
    """A string of a definition as a string of ASL: mixed text becomes a concatenation."""
    if is_expression(text):
        return "{% " + rename(source_of(text), replacement) + " %}"
    if "{%" not in text:
        return text
    source = to_source(text, replacement)
    return text if source is None else "{% " + source + " %}"


def to_source(text: str, replacement: Replacement) -> str | None:
    """A string as JSONata source, or None where it has no expression."""
    if is_expression(text):
        return rename(source_of(text), replacement)
    parts = _PART.split(text)
    if len(parts) == 1:
        return None
    joined = [
        quoted(part) if index % 2 == 0 else _operand(rename(part.strip(), replacement))
        for index, part in enumerate(parts)
        if part
    ]
    if len(joined) == 1:
        joined.insert(0, "''")
    return " & ".join(joined)


def _operand(source: str) -> str:
    """Source as a side of ``&``: in brackets where it could fall apart."""
    try:
        node = parse(source)
    except ParseError:
        return f"({source})"
    whole = isinstance(node, nodes.Variable | nodes.Step | nodes.Call | nodes.Literal | nodes.Block)
    return source if whole else f"({source})"


def quoted(text: str) -> str:
    """Text as a JSONata string: in single quotes where it can be, else as JSON writes it."""
    plain = text.isprintable() and not set(text) & {"'", "\\"}
    return f"'{text}'" if plain else json.dumps(text, ensure_ascii=False)


@lru_cache(maxsize=8192)
def syntax_error(expression: str) -> str | None:
    """What is wrong with the expression's syntax, or None.

    Our own parser comes first: it bounds what the library's, which recurses, gets to see.
    """
    try:
        parse(expression)
        jsonata.Jsonata(expression)
    except ParseError as error:
        return f"{error} (at character {error.position + 1})"
    except jsonata.JsonataError as error:
        return str(error)
    except UnicodeEncodeError:
        return "it holds half of a character (a lone surrogate)"
    return None
