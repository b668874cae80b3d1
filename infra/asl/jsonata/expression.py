"""JSONata as Step Functions evaluates it: the only module that knows the JSONata library.

JSONata 2.0.6, with ``$partition $range $hash $random $uuid $parse`` and without ``$eval``
(https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html).
"""

from __future__ import annotations

import hashlib
import random  # noqa: TID251
import re
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import jsonata as library
import orjson

from asl.errors import QUERY_EVALUATION, StateFailedError

MAX_MILLISECONDS = 1000
MAX_DEPTH = 500
CACHE = 4096
_VARIABLE = re.compile(r"\$([A-Za-z_]\w*)")
_STATES_FIELD = re.compile(r"\$states(?!\w)(?:\s*\.\s*(input|context|result|errorOutput)(?!\w))?")
_EXACT_INTEGER = 2**63
_EXACT_DOUBLE = 2**53
_PATH = re.compile(r"\$[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
_UNSURE = object()


class JsonataSyntaxError(ValueError):
    """The text is not a JSONata expression. ``position`` is a character offset into it."""

    def __init__(self, message: str, position: int):
        super().__init__(message)
        self.position = position


class _Compiled(threading.local):
    """Each thread's compiled expressions, the least used forgotten first.

    The library's objects belong to the thread that made them: no other may use or even free them.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[str, library.Jsonata] = OrderedDict()

    def get(self, text: str) -> library.Jsonata:
        """The expression, compiled in this thread."""
        known = self._known
        compiled = known.get(text)
        if compiled is None:
            compiled = known[text] = _compile(text)
            if len(known) > CACHE:
                known.popitem(last=False)
        return compiled


def _compile(text: str) -> library.Jsonata:
    compiled = library.Jsonata(text)
    compiled.set_runtime_bounds(MAX_MILLISECONDS, MAX_DEPTH)
    compiled.set_output_convert_nulls(False)
    for name in _EXTENSIONS.keys() & set(_VARIABLE.findall(text)):
        function, signature = _EXTENSIONS[name]
        compiled.register_function(name, function, signature)
    return compiled


_compiled = _Compiled()


class Expression:
    """An expression, checked. Safe to share between threads."""

    __slots__ = ("_path", "names", "states_fields", "text")

    def __init__(self, text: str):
        self.text = text
        try:
            _compiled.get(text)
        except library.JsonataError as error:
            raise JsonataSyntaxError(str(error), getattr(error, "position", -1)) from None
        self.names = frozenset(_VARIABLE.findall(text))
        """Every ``$name`` in the text: a superset of the variables that evaluation can ask for."""
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
        compiled = _compiled.get(self.text)
        try:
            value = compiled.evaluate(None, bindings)
        except library.JsonataError as error:
            self._fail(location, f"threw an error during evaluation. {_message(error)}")
        except (OverflowError, UnicodeEncodeError):
            value = self._evaluate_rounded(bindings, location)
        if value is library.UNDEFINED:
            self._fail(location, "returned nothing (undefined).")
        if value is None and "function" in self.text and self._is_function(bindings):
            self._fail(location, "returned an unsupported result type.")
        return value

    def _evaluate_rounded(self, bindings: dict[str, Any], location: str) -> Any:
        """Evaluates once more with what JSONata cannot hold made into what it can.

        JavaScript numbers are doubles, so an integer beyond 64 bits loses digits there too; a
        lone surrogate cannot be written as UTF-8.
        """
        try:
            return _compiled.get(self.text).evaluate(None, _rounded(bindings))
        except library.JsonataError as error:
            self._fail(location, f"threw an error during evaluation. {_message(error)}")

    def _is_function(self, bindings: dict[str, Any]) -> bool:
        probe = library.Jsonata(f"$type(({self.text}))")
        probe.set_runtime_bounds(MAX_MILLISECONDS, MAX_DEPTH)
        try:
            return str(probe.evaluate(None, bindings)) == "function"
        except library.JsonataError:
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
        if not isinstance(value, Mapping) or name not in value:
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


def _message(error: library.JsonataError) -> str:
    code = getattr(error, "code", "")
    return f"{code}: {error}" if code else str(error)


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {_rounded(key): _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, int) and not -_EXACT_INTEGER <= value < _EXACT_INTEGER:
        return float(value)
    return value


def _partition(items: list[Any], size: int) -> list[Any]:
    if int(size) <= 0:
        raise ValueError("$partition needs a chunk size above zero")
    return [items[start : start + int(size)] for start in range(0, len(items), int(size))]


def _range(first: float, last: float, step: float) -> Any:
    if step == 0:
        raise ValueError("$range needs a step other than zero")
    count = int((last - first) / step) + 1
    if count > 10_000_000:
        raise ValueError("$range would have more than 10,000,000 elements")
    found = [first + index * step for index in range(max(0, count))]
    return found[0] if len(found) == 1 else found  # a sequence: one item stands for itself


def _hash(text: str, algorithm: str) -> str:
    name = algorithm.lower().replace("-", "")
    if name not in {"md5", "sha1", "sha256", "sha384", "sha512"}:
        raise ValueError(f"$hash does not know the algorithm {algorithm}")
    return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()


def _random(seed: float | None = None) -> float:
    # AWS: "the same seed gives the same number"; without one any number will do.
    return random.Random(seed).random()  # noqa: S311


def _uuid() -> str:
    return str(uuid.uuid4())  # noqa: TID251


_EXTENSIONS: dict[str, tuple[Callable[..., Any], str | None]] = {
    "partition": (_partition, "<an:a>"),
    "range": (_range, "<nnn:x>"),
    "hash": (_hash, "<ss:s>"),
    "random": (_random, "<n?:n>"),
    "uuid": (_uuid, "<:s>"),
    "parse": (orjson.loads, "<s:x>"),
}
