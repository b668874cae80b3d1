"""JSONata as Step Functions evaluates it: the only module that knows the JSONata library.

JSONata 2.0.6, with ``$partition $range $hash $random $uuid $parse`` and without ``$eval``
(https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html). What the library
has not, or has otherwise, is in :mod:`asl.jsonata.functions`.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

import jsonata as library

from asl.errors import QUERY_EVALUATION, StateFailedError
from asl.jsonata.catalogue import describe
from asl.jsonata.functions import OVERRIDES, carried, definitions
from asl.jsonata.newer import find_newer

MAX_MILLISECONDS = 1000
MAX_DEPTH = 500
CACHE = 4096
MAX_OPERATORS = 4000
"""The library's compiler goes as deep as a chain of operators is long, and its stack ends at twice
that many. An evaluation goes no deeper than MAX_DEPTH."""
_OPERATOR = re.compile(r"[-+*/%&.~^([{=<>!?@#|:]|\b(?:and|or|in)\b")
_VARIABLE = re.compile(r"\$([A-Za-z_]\w*)")
_STATES_FIELD = re.compile(r"\$states(?!\w)(?:\s*\.\s*(input|context|result|errorOutput)(?!\w))?")
_EXACT_INTEGER = 2**63
_EXACT_DOUBLE = 2**53
_PATH = re.compile(r"\$[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
_UNSURE = object()
UNDEFINED = library.UNDEFINED
"""What an expression gives that gives nothing."""


class JsonataSyntaxError(ValueError):
    """The text is not a JSONata expression. ``position`` is a character offset into it."""

    def __init__(self, message: str, position: int, code: str = ""):
        super().__init__(message)
        self.position = position
        self.code = code


class JsonataFailedError(Exception):
    """The evaluation of an expression failed."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code
        self.message = message


class Program:
    """A compiled expression. It belongs to the thread that made it.

    Args:
        text: the expression.
        without: functions of ours that it does not see; variables of these names hide them.
        milliseconds: how long an evaluation may take.
        depth: how deep it may recurse.

    Raises:
        JsonataSyntaxError: the text is no expression.
    """

    __slots__ = ("_library", "text")

    def __init__(
        self,
        text: str,
        without: Iterable[str] = (),
        milliseconds: int = MAX_MILLISECONDS,
        depth: int = MAX_DEPTH,
    ):
        self.text = carried(text)
        if len(text) > 2 * MAX_OPERATORS and _is_too_long(text):
            raise JsonataSyntaxError("The expression has too many operators", 0)
        try:
            compiled = library.Jsonata(self.text)
            named = set(_VARIABLE.findall(text)).difference(without)
            source, functions = definitions(self.text, named)
            if source:  # on its own first: behind definitions, other texts would be expressions too
                compiled = library.Jsonata(f"({source}{self.text}\n)")
        except library.JsonataError as error:
            code, message = describe(_code(error), str(error))
            raise JsonataSyntaxError(message, getattr(error, "position", -1), code) from None
        compiled.set_runtime_bounds(milliseconds, depth)
        compiled.set_output_convert_nulls(False)
        for name, function in functions.items():
            compiled.register_function(name, function)
        self._library = compiled

    def evaluate(self, bindings: dict[str, Any], data: Any = None) -> Any:
        """Returns the value as JSON-shaped Python, or ``UNDEFINED``.

        Args:
            bindings: values by variable name, without the ``$``.
            data: what ``$`` and names stand for.

        Raises:
            JsonataFailedError: the evaluation failed.
        """
        try:
            return self._library.evaluate(data, bindings)
        except library.JsonataError as error:
            raise JsonataFailedError(*describe(_code(error), str(error))) from None
        except (OverflowError, UnicodeEncodeError):
            return self._evaluate_rounded(bindings, data)

    def _evaluate_rounded(self, bindings: dict[str, Any], data: Any) -> Any:
        """Evaluates once more with what JSONata cannot hold made into what it can.

        JavaScript numbers are doubles, so an integer beyond 64 bits loses digits there too; a
        lone surrogate cannot be written as UTF-8.
        """
        try:
            return self._library.evaluate(_rounded(data), _rounded(bindings))
        except library.JsonataError as error:
            raise JsonataFailedError(*describe(_code(error), str(error))) from None


def _is_too_long(text: str) -> bool:
    return sum(1 for _ in islice(_OPERATOR.finditer(text), MAX_OPERATORS + 1)) > MAX_OPERATORS


def _code(error: library.JsonataError) -> str:
    return str(getattr(error, "code", "") or "")


class _Programs(threading.local):
    """Each thread's compiled expressions, the least used forgotten first.

    The library's objects belong to the thread that made them: no other may use or even free them.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, frozenset[str]], Program] = OrderedDict()

    def get(self, text: str, without: frozenset[str] = frozenset()) -> Program:
        """The expression, compiled in this thread."""
        known = self._known
        program = known.get((text, without))
        if program is None:
            program = known[text, without] = Program(text, without)
            if len(known) > CACHE:
                known.popitem(last=False)
        return program


_programs = _Programs()


class Expression:
    """An expression, checked. Safe to share between threads."""

    __slots__ = ("_overridden", "_path", "names", "states_fields", "text")

    def __init__(self, text: str):
        self.text = text
        newer = find_newer(text)
        _programs.get(text)
        if newer is not None:
            raise JsonataSyntaxError(*newer)
        self.names = frozenset(_VARIABLE.findall(text))
        """Every ``$name`` in the text: a superset of the variables that evaluation can ask for."""
        self._overridden = self.names.intersection(OVERRIDES)
        self._path = tuple(text[1:].split(".")) if _PATH.fullmatch(text) else None
        fields = set(_STATES_FIELD.findall(text))
        self.states_fields = frozenset(
            {"input", "context", "result", "errorOutput"} if "" in fields else fields
        )

    def evaluate(self, bindings: dict[str, Any], location: str) -> Any:
        """Returns the value, as JSON-shaped Python.

        Args:
            bindings: values by variable name, without the ``$``.
            location: the ASL field for the error's cause, such as ``Output/total``.

        Raises:
            StateFailedError: States.QueryEvaluationError with AWS's cause.
        """
        if self._path is not None:
            value = _follow(bindings, self._path)
            if value is not _UNSURE:
                return value
        hidden = self._overridden and self._overridden.intersection(bindings)
        try:
            value = _programs.get(self.text, hidden).evaluate(bindings)
        except JsonataFailedError as error:
            self._fail(location, f"threw an error during evaluation. {error.code}: {error.message}")
        if value is UNDEFINED:
            self._fail(location, "returned nothing (undefined).")
        if value is None and self._is_function(bindings):
            self._fail(location, "returned an unsupported result type.")
        return value

    def _is_function(self, bindings: dict[str, Any]) -> bool:
        """Whether a value of null is a function: the library gives both as None."""
        if "function" not in self.text:
            return False
        try:
            return str(Program(f"$type(({self.text}))").evaluate(bindings)) == "function"
        except JsonataFailedError:
            return False

    def _fail(self, location: str, what: str) -> Any:
        raise StateFailedError(
            QUERY_EVALUATION,
            f"The JSONata expression '{self.text}' specified for the field '{location}' {what}",
            location,
        )


def _follow(bindings: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """Evaluates a plain path through objects, by far the commonest expression, without conversion.

    Returns:
        The value; or ``_UNSURE`` where JSONata does more than walk: arrays on the way, something
        missing, numbers that it would write differently.
    """
    value: Any = bindings
    for name in path:
        if type(value) is not dict and not isinstance(value, Mapping):
            return _UNSURE
        if name not in value:
            return _UNSURE
        value = value[name]
    return value if _is_plain(value) else _UNSURE


def _is_plain(value: Any) -> bool:
    """Whether JSONata gives the value back exactly as it is."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return bool(-_EXACT_DOUBLE <= value <= _EXACT_DOUBLE)
    if kind is dict:
        return all(map(_is_plain, value.values()))
    if kind is list:
        return all(map(_is_plain, value))
    return False


@lru_cache(maxsize=2 * CACHE)
def compile_expression(text: str) -> Expression:
    """Compiles an expression, or returns the one already compiled from the same text."""
    return Expression(text)


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {_rounded(key): _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, str):
        return carried(value)
    if isinstance(value, int) and not -_EXACT_INTEGER <= value < _EXACT_INTEGER:
        return float(value)
    return value
