"""The compiled workflow: the state machine, and which step each of its states belongs to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from statewright.errors import InvalidError
from statewright.workflows.checks import ANYWHERE, Surroundings, check
from statewright.workflows.compiler import imported
from statewright.workflows.compiler.assemble import assemble
from statewright.workflows.compiler.policy import policy_of
from statewright.workflows.compiler.report import Report, report
from statewright.workflows.definition import Definition, Settings

MAX_BYTES = 1_048_576
_PLACEHOLDER = re.compile(
    r"\$\{(WorkspaceId|WorkflowId|EventBus|FilesBucket|Partition|Region|Account|Machine|"
    r"Function|Workflow|ExecutionsOf)(?::([^}]+))?\}"
)
ValueOf = Callable[[str, str | None], str]
"""Gives the value of ``${Name}`` or ``${Name:argument}``."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """What compilation gives. ``asl`` holds ``${…}`` where only a deployment knows the value."""

    asl: dict[str, Any]
    bindings: dict[str, str]
    """State name → JSON pointer of its step in the definition."""
    report: Report
    policy: dict[str, Any]
    """The IAM policy that running it needs, with the same placeholders."""
    kind: str = "STANDARD"
    """The type of the state machine: ``STANDARD`` or ``EXPRESS``."""
    verbatim: bool = False
    """Nothing in it is a placeholder: it was imported, and stays as it is."""

    def text(self) -> str:
        """The state machine as readable JSON, the same bytes every time."""
        return json.dumps(self.asl, indent=2, ensure_ascii=False)

    def deployed(self, value_of: ValueOf) -> str:
        """The state machine with every placeholder replaced."""
        if self.verbatim:
            return json.dumps(self.asl, ensure_ascii=False)
        return _filled(self.asl, value_of)

    def deployed_policy(self, value_of: ValueOf) -> str:
        """The policy with every placeholder replaced."""
        return _filled(self.policy, value_of)


def _filled(document: Any, value_of: ValueOf) -> str:
    def replaced(match: re.Match[str]) -> str:
        return json.dumps(value_of(match[1], match[2]))[1:-1]

    return _PLACEHOLDER.sub(replaced, json.dumps(document, ensure_ascii=False))


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
    if definition.asl is not None:
        return _imported(definition.asl, definition.settings)
    asl, whole = assemble(
        definition,
        surroundings.actions,
        version,
        pinned=pinned,
        workflows=surroundings.workflows,
    )
    _check_limits(asl)
    kind = definition.settings.mode.upper()
    loops = {loop.head: loop for loop in whole.loops}
    expected = report(asl, loops, kind == "EXPRESS", whole.fans)
    return Artefact(asl, whole.bindings, expected, policy_of(asl), kind)


def _imported(asl: dict[str, Any], settings: Settings) -> Artefact:
    whole = imported.deployed_form(asl, settings)
    _check_limits(whole)
    return Artefact(
        whole,
        imported.bindings_of(asl),
        imported.report_of(whole, settings),
        imported.policy_of(asl),
        settings.mode.upper(),
        verbatim=True,
    )


def _check_limits(asl: dict[str, Any]) -> None:
    if len(json.dumps(asl)) > MAX_BYTES:
        raise InvalidError("The compiled workflow is larger than 1 MB.")
