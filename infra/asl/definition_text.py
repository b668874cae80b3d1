"""The text of a definition: whether it is a JSON object at all, in the words of AWS's parser."""

from __future__ import annotations

import json
import re
from typing import Any

from asl.errors import Finding
from asl.fields import SCHEMA
from asl.json_text import describe_fault

MAX_BYTES = 1_048_576
INVALID_JSON = "INVALID_JSON_DESCRIPTION"
_SHOWN = 500
"""How much of a text AWS's parser quotes."""


class _DuplicateError(ValueError):
    """An object has two fields of one name, which Python's parser would not say."""


def read_object(text: str) -> dict[str, Any] | Finding:
    """The JSON object, or what is wrong with the text."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        return Finding(SCHEMA, "The definition is larger than 1 MB", "/")
    try:
        source = _read(text) if text.strip() else None
    except _DuplicateError as error:
        return Finding(INVALID_JSON, str(error), "/")
    except (ValueError, RecursionError) as error:
        return _not_json(text, error)
    if not isinstance(source, dict):
        return Finding(SCHEMA, "Definition must be a valid JSON object", None)
    return source


def _read(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for number, name in enumerate(names) if name in names[:number])
        raise _DuplicateError(f"Duplicate field '{twice}'")
    return fields


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a JSON number")


def _not_json(text: str, error: Exception) -> Finding:
    line, column = 1, 1
    if isinstance(error, json.JSONDecodeError):
        line = error.lineno
        column = error.colno + len(_word_at(text, error.pos))
    where = f'[Source: (String)"{text[:_SHOWN]}"; line: {line}, column: {column}]'
    why = _fault(text) or f"The text cannot be read: {error}"
    return Finding(INVALID_JSON, f"{why}\n at {where}", where)


def _fault(text: str) -> str | None:
    try:
        return describe_fault(text)
    except (ValueError, RecursionError):
        return None  # a number of too many digits, or too deep a nesting


def _word_at(text: str, position: int) -> str:
    match = re.compile(r"[^\W\d][\w$]*").match(text, position)
    return match[0] if match else ""
