"""An imported state machine: only its outline is looked at here, the rest is Step Functions' own.

What is checked is what the product itself goes by: scopes with their states, and the states' types.
https://states-language.net/
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from statewright.errors import Issue
from statewright.workflows.expressions import pointer_part

AT = "/asl"
TYPES = frozenset({"Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"})
_PROCESSORS = ("ItemProcessor", "Iterator")
_FILES = ("ItemReader", "ResultWriter")


def outline_issues(machine: Any) -> Iterator[Issue]:
    """Everything that keeps a value from being drawn and run as a state machine."""
    yield from _scope(machine, AT)
    names = Counter(_names(machine))
    for name, count in names.items():
        if count > 1:
            yield Issue(AT, f"{count} states are called '{name}': names are unique in all of it")


def _scope(machine: Any, at: str) -> Iterator[Issue]:
    if not isinstance(machine, dict):
        yield Issue(at, "is not a state machine: an object with StartAt and States")
        return
    states = machine.get("States")
    if not isinstance(states, dict) or not states:
        yield Issue(f"{at}/States", "is an object of states by name, at least one")
        return
    if not isinstance(machine.get("StartAt"), str) or machine["StartAt"] not in states:
        yield Issue(f"{at}/StartAt", "names none of the states")
    for name, state in states.items():
        yield from _state(state, f"{at}/States/{pointer_part(name)}")


def _state(state: Any, at: str) -> Iterator[Issue]:
    kind = state.get("Type") if isinstance(state, dict) else None
    if not isinstance(kind, str) or kind not in TYPES:
        yield Issue(f"{at}/Type", f"is one of {', '.join(sorted(TYPES))}")
        return
    if kind == "Task" and not isinstance(state.get("Resource"), str):
        yield Issue(f"{at}/Resource", "is required: an ARN")
    for field in _FILES:
        if field in state and not _has_resource(state[field]):
            yield Issue(f"{at}/{field}", "is an object with a Resource")
    branches = state.get("Branches", [])
    if not isinstance(branches, list):
        yield Issue(f"{at}/Branches", "is a list of state machines")
        return
    for index, branch in enumerate(branches):
        yield from _scope(branch, f"{at}/Branches/{index}")
    for field in _PROCESSORS:
        if field in state:
            yield from _scope(state[field], f"{at}/{field}")


def _has_resource(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("Resource"), str)


def _names(machine: Any) -> Iterator[str]:
    states = machine.get("States") if isinstance(machine, dict) else None
    for name, state in (states if isinstance(states, dict) else {}).items():
        yield name
        if isinstance(state, dict):
            branches = state.get("Branches")
            for inner in branches if isinstance(branches, list) else []:
                yield from _names(inner)
            for field in _PROCESSORS:
                yield from _names(state.get(field))
