"""What is wrong with a JSON text, in the words of Jackson, the parser behind AWS's API.

https://github.com/FasterXML/jackson-core
"""

from __future__ import annotations

import json
import re

_VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
_WORD = re.compile(r"[^\W\d][\w$]*")
_AFTER = {
    "Expecting property name enclosed in double quotes": "was expecting double-quote to start "
    "field name",
    "Illegal trailing comma before end of object": "was expecting double-quote to start field name",
    "Expecting ':' delimiter": "was expecting a colon to separate field name and value",
    "Illegal trailing comma before end of array": f"expected a valid value {_VALUES}",
}


def describe_fault(text: str) -> str | None:
    """The first fault of a text, or None where Python's parser finds none."""
    try:
        json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        return _words(text, error)
    except _NonStandardError as error:
        return (
            f"Non-standard token '{error}': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` "
            "to allow"
        )
    return None


class _NonStandardError(Exception):
    """NaN or Infinity, which are numbers to Python only."""


def _refuse(constant: str) -> None:
    raise _NonStandardError(constant)


def _words(text: str, error: json.JSONDecodeError) -> str:
    position = error.pos
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    if error.msg.startswith("Unterminated string"):
        return "Unexpected end-of-input: was expecting closing quote for a string value"
    if position >= len(text):
        return f"Unexpected end-of-input: {_close_marker(text)}"
    if error.msg in {"Expecting value", "Extra data"}:
        word = _WORD.match(text, position)
        if word is not None:
            return f"Unrecognized token '{word[0]}': was expecting {_VALUES}"
    return f"Unexpected character {_shown(text[position])}: {_expected(error.msg, text)}"


def _expected(fault: str, text: str) -> str:
    if fault == "Expecting ',' delimiter":
        return f"was expecting comma to separate {_open_kind(text)} entries"
    return _AFTER.get(fault, f"expected a valid value {_VALUES}")


def _shown(character: str) -> str:
    return f"('{character}' (code {ord(character)}))"


def _close_marker(text: str) -> str:
    return f"expected close marker for {_open_kind(text)}"


def _open_kind(text: str) -> str:
    """Which structure is open at the fault, taken from the brackets outside of strings."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
    return "Object" if bare.rfind("{") >= bare.rfind("[") else "Array"
