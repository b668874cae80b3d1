"""What surrounds a step inside its scope: where errors go, and what it means to stop.

An error that nothing takes fails the scope as Step Functions does it, without a state of ours. A
scope that must not fail on its own, because its parent needs what it has done, has a last resort.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from statewright.workflows.compiler.values import Names

ANY = ("States.ALL",)
STOP = "Statewright.Stop"
"""The error that carries a ``stop`` out of a branch or an iteration; its cause is the ending."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where errors of some names go.

    ``variable``, where it is not empty, gets ``{name, cause}``; ``resets`` become null on the way.
    """

    errors: tuple[str, ...]
    variable: str
    target: str
    resets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ends:
    """A stop ends the execution, in a state of its own."""


@dataclass(frozen=True, slots=True)
class Through:
    """A stop is kept in a variable while `finally` runs."""

    variable: str
    target: str
    resets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Across:
    """A stop leaves its scope as the error ``Statewright.Stop``.

    ``plainly``: a failed one needs no such wrapping, because nothing above would catch it.
    """

    plainly: bool


@dataclass(frozen=True, slots=True)
class Reported:
    """A stop leaves its scope in the scope's own result, beside what there is to undo."""


Stopping = Ends | Through | Across | Reported
Status = Literal["succeeded", "failed"]


@dataclass(frozen=True, slots=True)
class Region:
    """What surrounds a step."""

    names: Names = field(default_factory=Names)
    place: str = ""
    """Tells the rounds of the loops around apart: the source of an expression, or nothing."""
    handlers: tuple[Route, ...] = ()
    """Where errors go: the first that fits."""
    last_resort: Route | None = None
    """Where the others go, as soon as the region is armed."""
    armed: bool = False
    stopping: Stopping = field(default_factory=Ends)
    undo_log: str = ""
    """The variable with the list of what there is to undo; none in workflows without ``undo``."""

    @property
    def routes(self) -> tuple[Route, ...]:
        """Every route that is open here, up to the first that takes all errors."""
        resort = (self.last_resort,) if self.armed and self.last_resort else ()
        found: list[Route] = []
        for route in (*self.handlers, *resort):
            found.append(route)
            if route.errors == ANY:
                break
        return tuple(found)

    def with_handlers(self, *routes: Route) -> Region:
        """This region inside something that takes errors."""
        return replace(self, handlers=(*routes, *self.handlers))

    def resetting(self, variable: str) -> Region:
        """This region where leaving by an error or a stop sets a variable back to null."""
        resort = self.last_resort
        stopping = self.stopping
        if isinstance(stopping, Through):
            stopping = replace(stopping, resets=(*stopping.resets, variable))
        return replace(
            self,
            handlers=tuple(_resetting(route, variable) for route in self.handlers),
            last_resort=None if resort is None else _resetting(resort, variable),
            stopping=stopping,
        )


def _resetting(route: Route, variable: str) -> Route:
    return replace(route, resets=(*route.resets, variable))
