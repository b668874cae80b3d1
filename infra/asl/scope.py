"""What an expression can see: variables, and ``$states`` (input, context, result, errorOutput)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from asl.jsonata.expression import Expression


class Scope:
    """The values in reach of one state's fields. Cheap to make: it copies nothing until asked."""

    __slots__ = ("_context", "_fields", "_made", "variables")

    def __init__(
        self,
        variables: Mapping[str, Any],
        context: Callable[[], dict[str, Any]],
        **fields: Any,
    ):
        self.variables = variables
        self._context = context
        self._made: dict[str, Any] | None = None
        self._fields = fields

    def bindings(self, expression: Expression) -> dict[str, Any]:
        """Only what the expression names: each binding costs a conversion."""
        variables = self.variables
        bound = {name: variables[name] for name in expression.names if name in variables}
        wanted = expression.states_fields
        if wanted:
            states = {name: value for name, value in self._fields.items() if name in wanted}
            if "context" in wanted:
                states["context"] = self.context()
            bound["states"] = states
        return bound

    def context(self) -> dict[str, Any]:
        """The context object, made when first asked for."""
        if self._made is None:
            self._made = self._context()
        return self._made

    def has(self, name: str) -> bool:
        """Whether there is such a ``$states`` field."""
        return name in self._fields

    def field(self, name: str) -> Any:
        """A ``$states`` field."""
        return self._fields[name]
