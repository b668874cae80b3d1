"""The state under test: given alone, or by its name in a whole state machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from asl.definition import check_definition, parse_definition
from asl.errors import Finding, InvalidDefinitionError
from asl.machine import Machine, MapState, ParallelState, State

NAME = "StateName"
"""What AWS calls the state in the context object, whatever its own name is."""
_PLACE = f"/States/{NAME}"


@dataclass(frozen=True, slots=True)
class Subject:
    """A state, ready to be tried."""

    state: State
    parents: tuple[ParallelState | MapState, ...] = ()
    """The Parallel and Map states that it lies in, the outermost first."""

    @property
    def in_map(self) -> bool:
        """Whether it works on the item of a Map."""
        return any(isinstance(parent, MapState) for parent in self.parents)

    @property
    def given_by_a_run(self) -> bool:
        """Whether that Map is a Distributed one that takes its items from its input."""
        maps = [parent for parent in self.parents if isinstance(parent, MapState)]
        return bool(maps) and maps[-1].distributed and maps[-1].reader is None


def lone_state(text: str) -> Subject:
    """The state whose own definition this is. It may point to states that are not there.

    Raises:
        InvalidDefinitionError: with places relative to the state.
    """
    body = _parsed(text)
    if not isinstance(body, dict):
        machine, findings = check_definition(text)
    else:
        ends = {name: {"Type": "Succeed"} for name in _targets(body)}
        whole = {"StartAt": NAME, "States": {**ends, NAME: body}}
        machine, findings = check_definition(json.dumps(whole))
    if machine is None:
        raise InvalidDefinitionError([_relative(finding) for finding in findings])
    return Subject(machine.states[NAME])


def named_state(text: str, name: str) -> Subject | None:
    """The state of this name in a state machine, at any depth; None where there is none.

    Raises:
        InvalidDefinitionError: something in the state machine is wrong.
    """
    return _search(parse_definition(text), name, ())


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None  # the parser of definitions says what is wrong


def _targets(body: dict[str, Any]) -> Iterator[str]:
    """The names of the states that the state leads to."""
    rules = [body]
    for field in ("Choices", "Catch"):
        listed = body.get(field)
        if isinstance(listed, list):
            rules += [rule for rule in listed if isinstance(rule, dict)]
    for rule in rules:
        for field in ("Next", "Default"):
            if isinstance(rule.get(field), str):
                yield rule[field]


def _relative(finding: Finding) -> Finding:
    return replace(finding, location=(finding.location or "").removeprefix(_PLACE) or "/")


def _search(
    machine: Machine, name: str, above: tuple[ParallelState | MapState, ...]
) -> Subject | None:
    if name in machine.states:
        return Subject(replace(machine.states[name], name=NAME), above)
    for parent in machine.states.values():
        if isinstance(parent, ParallelState | MapState):
            for inner in scopes(parent):
                found = _search(inner, name, (*above, parent))
                if found is not None:
                    return found
    return None


def scopes(parent: ParallelState | MapState) -> tuple[Machine, ...]:
    """The scopes of states below a state."""
    return parent.branches if isinstance(parent, ParallelState) else (parent.processor,)


def holds(parent: ParallelState | MapState, name: str) -> bool:
    """Whether a state of this name lies below."""
    return any(_search(scope, name, ()) is not None for scope in scopes(parent))
