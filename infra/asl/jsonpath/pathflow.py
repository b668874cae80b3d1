"""How data enters and leaves a JSONPath state.

``InputPath`` and ``Parameters`` shape what the state works on; ``ResultSelector``, ``ResultPath``
and ``OutputPath`` shape what the next state gets.
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-input-output-filtering.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from asl.errors import RUNTIME, StateFailedError
from asl.jsonpath.intrinsics import compile_intrinsic
from asl.jsonpath.path import JsonPath, PathMissingError, compile_path
from asl.payload import Payload
from asl.scope import Scope

WHOLE = compile_path("$")
UNSET = object()
"""A field that the state does not have (``null`` is a value of its own)."""
Evaluator = Callable[[Any, Scope], Any]


class PayloadTemplateError(ValueError):
    """A field of a template is neither a path nor a call. ``pointer`` leads to what has it."""

    def __init__(self, message: str, pointer: str):
        super().__init__(message)
        self.pointer = pointer


class PayloadTemplate:
    """``Parameters``, ``ResultSelector``, ``ItemSelector`` or ``Assign``: fields ending in ``.$``
    are paths or intrinsic functions, all else is literal."""

    __slots__ = ("_evaluate", "source")

    def __init__(self, source: Any):
        self.source = source
        self._evaluate = _compile(source, "")

    def evaluate(self, root: Any, scope: Scope) -> Any:
        """The value, with ``$`` standing for ``root``."""
        return self._evaluate(root, scope) if self._evaluate else self.source


class Reading:
    """One path or intrinsic function, for fields such as ``SecondsPath`` and ``CausePath``."""

    __slots__ = ("_evaluate", "text")

    def __init__(self, text: str):
        self.text = text
        self._evaluate = compile_reading(text)

    def evaluate(self, root: Any, scope: Scope) -> Any:
        """The value.

        Raises:
            PathMissingError: there is none.
        """
        return self._evaluate(root, scope)


def compile_reading(text: str) -> Evaluator:
    """Compiles a path or an intrinsic function.

    Raises:
        ValueError: it is neither.
    """
    if text.startswith("$"):
        path = compile_path(text)
        return lambda root, scope: read(path, root, scope)
    call = compile_intrinsic(text, compile_path)
    return lambda root, scope: call(lambda path: _argument(text, path, root, scope))


def _argument(call: str, path: str, root: Any, scope: Scope) -> Any:
    try:
        return read(compile_path(path), root, scope)
    except PathMissingError:
        shown = orjson.dumps(root).decode()
        place = path[1:] if path.startswith("$$") else path
        raise StateFailedError(
            RUNTIME,
            f"The function '{call}' had the following error: The JsonPath argument for the field "
            f"'{place}' could not be found in the input '{shown}'",
        ) from None


def read(path: JsonPath, root: Any, scope: Scope) -> Any:
    """What a path finds: in the context object, a variable, or ``root``."""
    if path.context:
        return path.read(scope.context())
    if path.variable is not None:
        if path.variable not in scope.variables:
            raise PathMissingError(f"No results for path: ${path.variable}")
        return path.read(scope.variables[path.variable])
    return path.read(root)


def _compile(node: Any, pointer: str) -> Evaluator | None:
    if isinstance(node, dict):
        parts = [(key, value, _field(key, value, pointer)) for key, value in node.items()]
        if not any(evaluator for _, _, evaluator in parts):
            return None
        for key in node:
            if key.endswith(".$") and key[:-2] in node:
                raise PayloadTemplateError(f"Duplicate field '{key[:-2]}'", pointer)
        named = [
            (key[:-2] if key.endswith(".$") else key, value, evaluator)
            for key, value, evaluator in parts
        ]
        return lambda root, scope: {
            key: evaluator(root, scope) if evaluator else value for key, value, evaluator in named
        }
    if isinstance(node, list):
        items = [(value, _compile(value, f"{pointer}[{i}]")) for i, value in enumerate(node)]
        if not any(evaluator for _, evaluator in items):
            return None
        return lambda root, scope: [
            evaluator(root, scope) if evaluator else value for value, evaluator in items
        ]
    return None


def _field(key: str, value: Any, pointer: str) -> Evaluator | None:
    if not key.endswith(".$"):
        return _compile(value, f"{pointer}/{key}")
    try:
        evaluate = compile_reading(value)
    except (ValueError, TypeError, AttributeError):
        raise PayloadTemplateError(
            f"The value for the field '{key}' must be a valid JSONPath or a valid intrinsic "
            "function call",
            pointer,
        ) from None

    def found(root: Any, scope: Scope) -> Any:
        try:
            return evaluate(root, scope)
        except PathMissingError as error:
            if error.is_beyond:
                return None
            shown = orjson.dumps(root).decode()
            raise StateFailedError(
                RUNTIME,
                f"The JSONPath '{value}' specified for the field '{key}' could not be found in "
                f"the input '{shown}'",
            ) from None

    return found


@dataclass(frozen=True, slots=True)
class PathFlow:
    """The data fields of a JSONPath state or of one of its catchers; None is a path of ``null``."""

    input_path: JsonPath | None = WHOLE
    output_path: JsonPath | None = WHOLE
    result_path: JsonPath | None = WHOLE
    parameters: PayloadTemplate | None = None
    result_selector: PayloadTemplate | None = None
    assign: PayloadTemplate | None = None
    result: Any = UNSET
    """A Pass state's own ``Result``."""

    def subject(self, scope: Scope) -> Any:
        """The input after ``InputPath``: what the state's own paths refer to."""
        return _select(self.input_path, scope.field("input"), scope)

    def effective_input(self, scope: Scope, state_input: Payload) -> Payload:
        """What the state works on: ``InputPath``, then ``Parameters``."""
        subject = self.subject(scope)
        if self.parameters is not None:
            return Payload(self.parameters.evaluate(subject, scope))
        return state_input if subject is state_input.value else Payload(subject)

    def effective_output(self, scope: Scope, default: Payload) -> Payload:
        """What the next state gets.

        Args:
            default: the state's input, which is kept as it is where nothing changes it.
        """
        raw = scope.field("input")
        merged = self._merged(raw, self._result(scope))
        output = _select(self.output_path, merged, scope)
        return default if output is default.value else Payload(output)

    def _merged(self, raw: Any, result: Any) -> Any:
        if self.result_path is None:
            return raw
        try:
            return self.result_path.write(raw, result)
        except PathMissingError:
            shown = orjson.dumps(raw).decode()
            raise StateFailedError(
                "States.ResultPathMatchFailure",
                f"Unable to apply ReferencePath {self.result_path.text} to input {shown}",
            ) from None

    def _result(self, scope: Scope) -> Any:
        for name in ("errorOutput", "result"):
            if scope.has(name):
                value = scope.field(name)
                if name == "result" and self.result_selector is not None:
                    return self.result_selector.evaluate(value, scope)
                return value
        if self.result is not UNSET:
            return self.result
        subject = self.subject(scope)
        return subject if self.parameters is None else self.parameters.evaluate(subject, scope)

    def assigned(self, scope: Scope) -> dict[str, Any]:
        """The variables that the state sets; ``$`` is the result where there is one."""
        if self.assign is None:
            return {}
        values: dict[str, Any] = self.assign.evaluate(self._assign_root(scope), scope)
        return values

    def _assign_root(self, scope: Scope) -> Any:
        for name in ("errorOutput", "result"):
            if scope.has(name):
                return scope.field(name)
        if self.result is not UNSET:
            return self.result
        return self.effective_input(scope, Payload(scope.field("input"))).value


def _select(path: JsonPath | None, document: Any, scope: Scope) -> Any:
    if path is None:
        return {}
    try:
        return read(path, document, scope)
    except PathMissingError as error:
        raise StateFailedError(RUNTIME, f"Invalid path '{path.text}' : {error}") from None


class OnSubject:
    """A reading or a template as an expression of its state: evaluated on the state's subject."""

    __slots__ = ("_evaluator", "_flow", "text")

    def __init__(self, evaluator: Reading | PayloadTemplate, flow: PathFlow):
        self._evaluator = evaluator
        self._flow = flow
        self.text = evaluator.text if isinstance(evaluator, Reading) else ""

    def evaluate(self, scope: Scope) -> Any:
        """The value. See :meth:`Reading.evaluate`."""
        return self._evaluator.evaluate(self._flow.subject(scope), scope)


PLAIN = PathFlow()
