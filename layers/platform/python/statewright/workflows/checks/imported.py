"""What an imported state machine calls."""

from __future__ import annotations

from statewright.workflows.checks.findings import Findings
from statewright.workflows.checks.surroundings import Surroundings
from statewright.workflows.definition import Definition
from statewright.workflows.plain_steps import states


def check_calls(findings: Findings, definition: Definition, surroundings: Surroundings) -> None:
    """Compares each call with what the deployment allows; everything else is Step Functions'."""
    allowed = surroundings.imported_calls
    if definition.asl is None or allowed is None:
        return
    for pointer, _, state in states(definition.asl):
        for below, detail in allowed.against(state):
            findings.error("imported-call", pointer + below, detail)
