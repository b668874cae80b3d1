"""Where states lead to: every target is there, every state is led to, and there is an end.

The order is AWS's: what leads nowhere, then whether the workflow can end, and only where it can,
what nothing leads to.
https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinitionDiagnostic.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asl.errors import Finding

MISSING_TARGET = "MISSING_TRANSITION_TARGET"
MISSING_END = "MISSING_END_STATE"
Source = dict[str, Any]


def check_transitions(source: Source) -> list[Finding]:
    """What is wrong with the ways through a machine, and those below it.

    Args:
        source: a definition that is otherwise in order.
    """
    scopes = list(_scopes(source, ""))
    findings = [finding for scope, at in scopes for finding in _dangling(scope, at)]
    for scope, at in scopes:
        findings += _endless(scope, at) or _unreachable(scope, at)
    return findings


def _scopes(source: Source, at: str) -> Iterator[tuple[Source, str]]:
    """Everything that has states of its own."""
    yield source, at
    for name, state in source["States"].items():
        here = f"{at}/States/{name}"
        for index, branch in enumerate(state.get("Branches", [])):
            yield from _scopes(branch, f"{here}/Branches[{index}]")
        for field in ("ItemProcessor", "Iterator"):
            if field in state:
                yield from _scopes(state[field], f"{here}/{field}")


def _targets(state: Source, at: str) -> Iterator[tuple[str, str]]:
    """Each state that this one leads to, and the place that says so."""
    for field in ("Next", "Default"):
        if field in state:
            yield state[field], f"{at}/{field}"
    for field in ("Choices", "Catch"):
        for index, rule in enumerate(state.get(field, [])):
            yield rule["Next"], f"{at}/{field}[{index}]/Next"


def _dangling(scope: Source, at: str) -> Iterator[Finding]:
    states = scope["States"]
    targets = [(scope["StartAt"], f"{at}/StartAt")]
    for name, state in states.items():
        targets += _targets(state, f"{at}/States/{name}")
    for target, place in targets:
        if target not in states:
            yield Finding(MISSING_TARGET, f"Missing 'Next' target: {target}", place)


def _endless(scope: Source, at: str) -> list[Finding]:
    ends = any(
        state.get("End") is True or state["Type"] in {"Succeed", "Fail"}
        for state in scope["States"].values()
    )
    # AWS gives no place; below the top it could not be found without one
    return [] if ends else [Finding(MISSING_END, "Workflow has no terminal state", at or None)]


def _unreachable(scope: Source, at: str) -> list[Finding]:
    led_to = {scope["StartAt"]}
    for state in scope["States"].values():
        led_to |= {target for target, _ in _targets(state, "")}
    return [
        Finding(MISSING_TARGET, f'State "{name}" is not reachable.', f"{at}/States/{name}")
        for name in scope["States"]
        if name not in led_to
    ]
