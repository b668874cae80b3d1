"""How data enters and leaves a JSONata state: ``Arguments``, ``Output`` and ``Assign``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from asl.jsonata.template import Template
from asl.payload import Payload
from asl.scope import Scope


@dataclass(frozen=True, slots=True)
class Dataflow:
    """The data fields of one state, catcher or choice rule."""

    arguments: Template | None = None
    output: Template | None = None
    assign: Template | None = None

    def effective_input(self, scope: Scope, state_input: Payload) -> Payload:
        """What the state works on: ``Arguments``, else its input."""
        if self.arguments is None:
            return state_input
        return Payload(self.arguments.evaluate(scope))

    def effective_output(self, scope: Scope, default: Payload) -> Payload:
        """What the next state gets: ``Output``, else ``default`` (the result, or the input)."""
        if self.output is None:
            return default
        return Payload(self.output.evaluate(scope))

    def assigned(self, scope: Scope) -> dict[str, Any]:
        """The variables that the state sets. All see the values from before (AWS: in parallel)."""
        if self.assign is None:
            return {}
        values: dict[str, Any] = self.assign.evaluate(scope)
        return values


PLAIN = Dataflow()
