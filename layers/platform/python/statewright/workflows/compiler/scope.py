"""What is under construction: the compilation as a whole, and one scope of states.

Lists of steps are compiled from their last step to their first, so that each knows by name the
state that follows it. :func:`in_order` brings the states into the order of the drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from statewright.workflows.actions.action import Action, Schema
from statewright.workflows.compiler.values import ASL
from statewright.workflows.definition import Definition, Step, every_step, kind_of

if TYPE_CHECKING:
    from statewright.workflows.compiler.region import Region

MAX_NAME = 80
RESERVED = ("Start", "Done", "Undo", "Failed", "Wait for a turn")
"""Names of states that belong to the workflow as a whole."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A cycle among states: how often, at least and at most, it comes back to its head.

    ``least`` is for leaving by ``tail``, the state that asks whether to go on. Other ways out (an
    error, the end of the workflow) may be taken in the first round.
    """

    head: str
    least: int
    most: int
    tail: str = ""


@dataclass(slots=True)
class Compilation:
    """What the scopes of one workflow share."""

    actions: Mapping[str, Action]
    compile_steps: Callable[[Scope, Region, list[Step], str, str], str]
    pinned: bool = False
    """Whether steps with a ``pin`` give that value instead of running."""
    workflows: Mapping[str, Schema | None] = field(default_factory=dict)
    """Published workflows by name, with the JSON Schema of their input where they have one."""
    bindings: dict[str, str] = field(default_factory=dict)
    """State name → pointer of its step, with ``#role`` where it is not the step's own state."""
    labels: dict[str, str] = field(default_factory=dict)
    """Pointer of a step → the name of its own state."""
    prefixes: dict[str, str] = field(default_factory=dict)
    """Pointer of a step → what the names of our own variables for it begin with."""
    loops: list[Loop] = field(default_factory=list)
    fans: dict[str, int] = field(default_factory=dict)
    """Maps over lists that have at most so many elements, though no list is written there."""
    taken: set[str] = field(default_factory=lambda: set(RESERVED))

    def label_steps(self, definition: Definition) -> None:
        """Gives each step's own state its name, in the definition's order."""
        counts: dict[str, int] = {}
        for at, step in every_step(definition.steps):
            wanted = step.name or step.id
            if wanted is None:
                kind = kind_of(step).replace("_", " ").capitalize()
                counts[kind] = counts.get(kind, 0) + 1
                wanted = f"{kind} {counts[kind]}"
            elif wanted in self.taken and step.id is not None and step.name is not None:
                wanted = f"{wanted} ({step.id})"
            self.labels[at] = self._free(wanted)
            self.bindings[self.labels[at]] = at
            self.prefixes[at] = step.id or f"Step{len(self.prefixes) + 1}"

    def name(self, at: str, role: str, wanted: str | None = None) -> str:
        """A name for a further state of the step at ``at``."""
        label = self.labels[at]
        name = self._free(f"{label}: {role}" if wanted is None else wanted)
        self.bindings[name] = f"{at}#{role}"
        return name

    def _free(self, wanted: str) -> str:
        name, number = wanted[:MAX_NAME], 1
        while name in self.taken:
            number += 1
            ending = f" ({number})"
            name = wanted[: MAX_NAME - len(ending)] + ending
        self.taken.add(name)
        return name


@dataclass(slots=True)
class Scope:
    """The states of the top level, of a branch or of an iteration."""

    whole: Compilation
    states: ASL = field(default_factory=dict)
    unset: set[str] = field(default_factory=set)
    """Variables that are null from the scope's beginning: some path reads them before it sets."""

    def inner(self) -> Scope:
        """A scope below this one."""
        return Scope(self.whole)

    def initial(self) -> ASL:
        """What the scope's first state assigns."""
        return dict.fromkeys(sorted(self.unset))


def in_order(states: ASL, start: str) -> ASL:
    """The states from first to last: what is done first, and what is chosen first, comes first."""
    finished: list[str] = []
    seen = {start}
    waiting = [(start, _backwards(states[start]))]
    while waiting:
        name, targets = waiting[-1]
        target = next((t for t in targets if t not in seen), None)
        if target is None:
            finished.append(name)
            waiting.pop()
        else:
            seen.add(target)
            waiting.append((target, _backwards(states[target])))
    return {name: states[name] for name in reversed(finished)}


def targets(state: ASL) -> Iterator[str]:
    """The states that may come next, those of errors last."""
    for rule in state.get("Choices", []):
        yield rule["Next"]
    for field_name in ("Default", "Next"):
        if field_name in state:
            yield state[field_name]
    for rule in state.get("Catch", []):
        yield rule["Next"]


def _backwards(state: ASL) -> Iterator[str]:
    return reversed(list(targets(state)))
