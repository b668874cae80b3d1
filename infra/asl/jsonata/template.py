"""JSON templates: a value in which strings of the form ``{% … %}`` are JSONata expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from asl.jsonata.expression import Expression, JsonataSyntaxError, compile_expression
from asl.scope import Scope

Evaluator = Callable[[Scope], Any]


class TemplateError(ValueError):
    """An expression inside a template does not parse. ``pointer`` is relative to the template."""

    def __init__(self, message: str, pointer: str):
        super().__init__(message)
        self.pointer = pointer


def is_expression(text: str) -> bool:
    """Whether the string is an expression, as AWS decides: by its first and last two characters."""
    return text.startswith("{%") and text.endswith("%}") and len(text) >= 4


class Template:
    """A compiled JSON template, evaluated against a :class:`Scope`."""

    __slots__ = ("_evaluate", "expressions", "source")

    def __init__(self, source: Any, field: str):
        self.source = source
        self.expressions: list[Expression] = []
        self._evaluate = self._compile(source, field, "")

    @classmethod
    def constant(cls, value: Any) -> Template:
        """A template that is its value, whatever that looks like."""
        template = cls(None, "")
        template.source = value
        return template

    def evaluate(self, scope: Scope) -> Any:
        """Returns the value with every expression replaced by its result."""
        return self._evaluate(scope) if self._evaluate else self.source

    def _compile(self, node: Any, field: str, pointer: str) -> Evaluator | None:
        """Returns an evaluator, or None where the node is constant and stands for itself."""
        if isinstance(node, str):
            if is_expression(node):
                return self._compile_string(node, field, pointer)
            if node.startswith("{%") or node.endswith("%}"):
                raise TemplateError("An expression starts with '{%' and ends with '%}'", pointer)
            return None
        if isinstance(node, dict):
            parts = [
                (k, v, self._compile(v, f"{field}/{k}", f"{pointer}/{k}")) for k, v in node.items()
            ]
            return _object_evaluator(parts) if _any_dynamic(parts) else None
        if isinstance(node, list):
            parts = [
                (i, v, self._compile(v, f"{field}[{i}]", f"{pointer}[{i}]"))
                for i, v in enumerate(node)
            ]
            return _array_evaluator(parts) if _any_dynamic(parts) else None
        return None

    def _compile_string(self, text: str, field: str, pointer: str) -> Evaluator:
        try:
            expression = compile_expression(text[2:-2].strip())
        except JsonataSyntaxError as error:
            raise TemplateError(str(error), pointer) from None
        self.expressions.append(expression)

        def evaluate(scope: Scope) -> Any:
            return expression.evaluate(scope.bindings(expression), field)

        return evaluate


Part = tuple[Any, Any, Evaluator | None]


def _any_dynamic(parts: list[Part]) -> bool:
    return any(evaluator for _, _, evaluator in parts)


def _object_evaluator(parts: list[Part]) -> Evaluator:
    return lambda scope: {
        key: evaluator(scope) if evaluator else constant for key, constant, evaluator in parts
    }


def _array_evaluator(parts: list[Part]) -> Evaluator:
    return lambda scope: [
        evaluator(scope) if evaluator else constant for _, constant, evaluator in parts
    ]


def expressions_in(templates: list[Template | None]) -> Iterator[Expression]:
    """Every expression of the given templates."""
    for template in templates:
        if template is not None:
            yield from template.expressions
