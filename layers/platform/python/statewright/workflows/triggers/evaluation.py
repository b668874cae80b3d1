"""Expressions of triggers, which are evaluated here: no state machine runs yet, or any more."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

import jsonata

from statewright.errors import InvalidError
from statewright.workflows.expressions import to_source

MAX_MILLISECONDS = 1000
MAX_DEPTH = 300
_KEPT = 512


class ExpressionError(InvalidError):
    """A trigger's expression fails with what it is given (its author's or the caller's fault)."""


class _Programs(threading.local):
    """Each thread's compiled expressions: the library's objects belong to one thread each."""

    def __init__(self) -> None:
        self.known: OrderedDict[str, Any] = OrderedDict()

    def get(self, source: str) -> Any:
        """An expression, compiled in this thread."""
        program = self.known.get(source)
        if program is None:
            program = jsonata.Jsonata(source)
            program.set_runtime_bounds(MAX_MILLISECONDS, MAX_DEPTH)
            program.set_output_convert_nulls(False)
            self.known[source] = program
            if len(self.known) > _KEPT:
                self.known.popitem(last=False)
        return program


_programs = _Programs()


def evaluate(value: Any, names: dict[str, Any]) -> Any:
    """A value with its expressions evaluated; null where one gives nothing.

    Args:
        names: values by variable name, without the ``$``.

    Raises:
        ExpressionError: an expression fails.
    """
    if isinstance(value, str):
        return _text(value, names)
    if isinstance(value, dict):
        return {key: evaluate(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [evaluate(item, names) for item in value]
    return value


def _text(text: str, names: dict[str, Any]) -> Any:
    source = to_source(text, lambda _: None)
    if source is None:
        return text
    try:
        found = _programs.get(source).evaluate(None, names)
    except (jsonata.JsonataError, OverflowError, UnicodeEncodeError) as error:
        raise ExpressionError(f"'{text[:200]}' fails: {error}") from None
    return None if found is jsonata.UNDEFINED else found
