"""The compiled workflow: the state machine, and which step each of its states belongs to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from statewright.errors import InvalidError, Issue
from statewright.workflows.compiler.blocks import Block, compile_steps
from statewright.workflows.compiler.checks import check
from statewright.workflows.compiler.values import asl_value, expression
from statewright.workflows.definition import Definition, seconds

MAX_BYTES = 1_048_576
_PLACEHOLDER = re.compile(r"\$\{(WorkspaceId|WorkflowId|EventBus|Function|Workflow)(?::([^}]+))?\}")


@dataclass(frozen=True, slots=True)
class Artefact:
    """What compilation gives. ``asl`` holds ``${…}`` where only a deployment knows the value."""

    asl: dict[str, Any]
    bindings: dict[str, str]
    """State name → JSON pointer of its step in the definition."""
    report: dict[str, Any]

    def text(self) -> str:
        """The state machine as readable JSON, the same bytes every time."""
        return json.dumps(self.asl, indent=2, ensure_ascii=False)

    def deployed(self, value_of: Callable[[str, str | None], str]) -> str:
        """The state machine with every placeholder replaced.

        Args:
            value_of: gives the value of ``${Name}`` or ``${Name:argument}``.
        """

        def replaced(match: re.Match[str]) -> str:
            return json.dumps(value_of(match[1], match[2]))[1:-1]

        return _PLACEHOLDER.sub(replaced, json.dumps(self.asl, ensure_ascii=False))


def compile_definition(definition: Definition, version: int = 1) -> Artefact:
    """Compiles a definition.

    Raises:
        InvalidError: with every finding of the checks.
    """
    issues = check(definition)
    if issues:
        first = issues[0]
        more = f" (and {len(issues) - 1} more)" if len(issues) > 1 else ""
        raise InvalidError(f"{first.pointer}: {first.detail}{more}", tuple(issues))
    block = Block(bindings={}, labels={})
    block.states["Start"] = {}
    first_state = compile_steps(block, definition.steps, "/steps", "Done")
    block.states["Start"] = _start(definition, version, first_state)
    output = {} if definition.output is None else asl_value(definition.output, block.names)
    block.states["Done"] = {"Type": "Succeed", "Output": output}
    asl: dict[str, Any] = {"Comment": definition.description or definition.name}
    asl |= {"QueryLanguage": "JSONata", "StartAt": "Start"}
    if definition.settings.timeout is not None:
        asl["TimeoutSeconds"] = seconds(definition.settings.timeout)
    asl["States"] = block.states
    _check_limits(asl, block.bindings)
    return Artefact(asl, block.bindings, {"states": _count(asl)})


def _start(definition: Definition, version: int, first: str) -> dict[str, Any]:
    return {
        "Type": "Pass",
        "Comment": "Keeps what started the workflow",
        "Assign": {
            "trigger": expression("$states.input.trigger"),
            "vars": expression("$states.input.vars"),
            "execution": {
                "id": expression("$states.context.Execution.Name"),
                "started_at": expression("$states.context.Execution.StartTime"),
                "workflow": definition.name,
                "version": version,
            },
        },
        "Output": {},
        "Next": first,
    }


def _count(machine: dict[str, Any]) -> int:
    total = 0
    for state in machine["States"].values():
        inner = [*state.get("Branches", []), *filter(None, [state.get("ItemProcessor")])]
        total += 1 + sum(_count(scope) for scope in inner)
    return total


def _check_limits(asl: dict[str, Any], bindings: dict[str, str]) -> None:
    long = [
        Issue(at, "gives a state a name of over 80 characters")
        for name, at in bindings.items()
        if len(name) > 80
    ]
    if long:
        raise InvalidError(f"{long[0].pointer}: {long[0].detail}", tuple(long))
    if len(json.dumps(asl)) > MAX_BYTES:
        raise InvalidError("The compiled workflow is larger than 1 MB.")
