"""Expressions inside definitions: finding the names they use, renaming them, joining mixed text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache

import jsonata

# Comments, strings, quoted names and regular expressions are skipped whole, so that a `$` inside
# them is not taken for a variable. A `/` starts a regular expression only after an opener.
_TOKEN = re.compile(
    r"""(?P<skip>/\*.*?\*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`
        |(?<=[(,=:~>?\[{])\s*/(?:\\.|[^/\\\n])+/[im]*)
      |\$(?P<name>[A-Za-z_]\w*)(?P<bound>\s*:=)?""",
    re.VERBOSE | re.DOTALL,
)
_PART = re.compile(r"\{%(.*?)%\}", re.DOTALL)
_PARAMETERS = re.compile(r"(?:function|λ)\s*\(([^)]*)\)")
_FUNCTIONS = frozenset(
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


def is_expression(text: str) -> bool:
    """Whether the whole string is one expression, which then keeps its type."""
    stripped = text.strip()
    return (
        stripped.startswith("{%")
        and stripped.endswith("%}")
        and stripped.find("%}") == len(stripped) - 2
    )


def expressions_in(text: str) -> Iterator[str]:
    """The source of each ``{% … %}`` in a string."""
    for match in _PART.finditer(text):
        yield match[1].strip()


def variables(expression: str) -> set[str]:
    """The names that the expression needs from outside: not functions, not its own variables."""
    own: set[str] = set()
    used: set[str] = set()
    for parameters in _PARAMETERS.findall(expression):
        own |= set(re.findall(r"\$(\w+)", parameters))
    for match in _TOKEN.finditer(expression):
        if match["name"]:
            (own if match["bound"] else used).add(match["name"])
    return used - own - _FUNCTIONS


def rename(expression: str, replacement: Callable[[str], str | None]) -> str:
    """Replaces variables: ``replacement`` maps a name to new source, or None to keep it."""

    def replaced(match: re.Match[str]) -> str:
        new = replacement(match["name"]) if match["name"] else None
        return match[0] if new is None else new + (match["bound"] or "")

    return _TOKEN.sub(replaced, expression)


def to_asl(text: str, replacement: Callable[[str], str | None]) -> str:
    """A string of a definition as a string of ASL: mixed text becomes a concatenation."""
    if is_expression(text):
        return "{% " + rename(text.strip()[2:-2].strip(), replacement) + " %}"
    parts = _PART.split(text)
    if len(parts) == 1:
        return text
    joined = [
        _quoted(part) if index % 2 == 0 else f"({rename(part.strip(), replacement)})"
        for index, part in enumerate(parts)
        if part
    ]
    if len(joined) == 1:
        joined.insert(0, "''")
    return "{% " + " & ".join(joined) + " %}"


def _quoted(text: str) -> str:
    """Text as a JSONata string: in single quotes where it can be, else as JSON writes it."""
    plain = text.isprintable() and not set(text) & {"'", "\\"}
    return f"'{text}'" if plain else json.dumps(text, ensure_ascii=False)


@lru_cache(maxsize=4096)
def syntax_error(expression: str) -> str | None:
    """What is wrong with the expression's syntax, or None."""
    try:
        jsonata.Jsonata(expression)
    except jsonata.JsonataError as error:
        return str(error)
    return None
