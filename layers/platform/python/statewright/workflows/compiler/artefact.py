"""The compiled workflow: the state machine, and which step each of its states belongs to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from statewright.errors import InvalidError
from statewright.workflows.checks import ANYWHERE, Surroundings, check
from statewright.workflows.compiler.assemble import assemble
from statewright.workflows.definition import Definition

MAX_BYTES = 1_048_576
_PLACEHOLDER = re.compile(r"\$\{(WorkspaceId|WorkflowId|EventBus|Function|Workflow)(?::([^}]+))?\}")


@dataclass(frozen=True, slots=True)
class Artefact:
    """What compilation gives. ``asl`` holds ``${…}`` where only a deployment knows the value."""

    asl: dict[str, Any]
    bindings: dict[str, str]
    """State name → JSON pointer of its step in the definition."""
    report: dict[str, Any]
    kind: str = "STANDARD"
    """The type of the state machine: ``STANDARD`` or ``EXPRESS``."""

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


def compile_definition(
    definition: Definition,
    version: int = 1,
    surroundings: Surroundings = ANYWHERE,
    *,
    pinned: bool = False,
) -> Artefact:
    """Compiles a definition.

    Args:
        surroundings: what the definition may refer to.
        pinned: whether steps with a ``pin`` give that value instead of running.

    Raises:
        InvalidError: with every error that the checks find.
    """
    findings = check(definition, surroundings)
    issues = tuple(found.issue for found in findings if found.severity == "error")
    if issues:
        more = f" (and {len(issues) - 1} more)" if len(issues) > 1 else ""
        raise InvalidError(f"{issues[0].pointer}: {issues[0].detail}{more}", issues)
    asl, whole = assemble(definition, surroundings.actions, version, pinned=pinned)
    _check_limits(asl)
    kind = definition.settings.mode.upper()
    return Artefact(asl, whole.bindings, {"states": _count(asl)}, kind)


def _count(machine: dict[str, Any]) -> int:
    total = 0
    for state in machine["States"].values():
        inner = [*state.get("Branches", []), *filter(None, [state.get("ItemProcessor")])]
        total += 1 + sum(_count(scope) for scope in inner)
    return total


def _check_limits(asl: dict[str, Any]) -> None:
    if len(json.dumps(asl)) > MAX_BYTES:
        raise InvalidError("The compiled workflow is larger than 1 MB.")
