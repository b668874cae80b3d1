"""Where a step is compiled: its scope, what surrounds it, and what comes after it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from statewright.workflows.compiler.region import Region
from statewright.workflows.compiler.scope import Compilation, Scope
from statewright.workflows.compiler.values import ASL, Names
from statewright.workflows.definition import PART, Step


@dataclass(frozen=True, slots=True)
class Site:
    """The place of one step in the state machine."""

    scope: Scope
    region: Region
    at: str
    """The step's JSON pointer."""
    following: str
    """The state that comes after the step."""

    @property
    def whole(self) -> Compilation:
        """What all scopes share."""
        return self.scope.whole

    @property
    def names(self) -> Names:
        """What names stand for here."""
        return self.region.names

    @property
    def label(self) -> str:
        """The name of the step's own state."""
        return self.whole.labels[self.at]

    def within(self, region: Region) -> Site:
        """The same place in another region."""
        return replace(self, region=region)

    def within_names(self, **sources: str) -> Site:
        """The same place, where names stand for something else."""
        return replace(self, region=replace(self.region, names=self.names.but(**sources)))

    def before(self, following: str) -> Site:
        """The same place before another state."""
        return replace(self, following=following)

    def inside(self, scope: Scope, region: Region) -> Site:
        """The same step in a scope of its own below this one."""
        return Site(scope, region, self.at, "")

    def variable(self, what: str) -> str:
        """A variable of our own for the step. Ids are lower case, so it is nobody's id."""
        return f"{self.whole.prefixes[self.at]}{what}"

    def own(self, state: ASL) -> str:
        """Adds the step's own state and returns its name."""
        return self.add(self.label, state)

    def further(self, role: str, state: ASL) -> str:
        """Adds a further state of the step and returns its name."""
        return self.add(self.whole.name(self.at, role), state)

    def part(self, what: str) -> str:
        """A name for a state that shows what an agent does."""
        return self.whole.name(self.at, f"{PART}{what}", f"{self.label}: {what}")

    def add(self, name: str, state: ASL) -> str:
        """Adds a state and returns its name."""
        self.scope.states[name] = state
        return name

    def chain(self, block: str, steps: list[Step], following: str | None = None) -> str:
        """Compiles steps that stand inside this one, at the pointer ``block`` below it.

        Returns:
            The state to begin with: ``following`` where there are no steps.
        """
        after = self.following if following is None else following
        return self.whole.compile_steps(self.scope, self.region, steps, self.at + block, after)
