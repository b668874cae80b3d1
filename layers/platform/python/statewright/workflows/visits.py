"""Every single time that an execution came to a step, from its history.

Events form a tree: each names the one before it. So where an event happened follows from where the
one before it happened. A place is the stack of visits that are open there, each with the round of
its loop; it is shared between events and never changed:

    StateEntered          a new visit, on top of the loop or branch that began with the event before
    MapIterationStarted   the loop's visit, with the number of the round
    StateExited           the visit of that state ends; what is below it remains
    all others            belong to the visit on top

A history has 25,000 events at the most, and visits hold no data but those of the page asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from statewright.workflows.execution_models import Attempt, VisitStatus

_FAILURES = frozenset(
    {"TaskFailed", "TaskTimedOut", "TaskStartFailed", "TaskSubmitFailed", "LambdaFunctionFailed",
     "LambdaFunctionTimedOut", "ActivityFailed", "ActivityTimedOut", "EvaluationFailed",
     "MapStateFailed", "ParallelStateFailed", "MapRunFailed"}
)  # fmt: skip
_BEGIN = frozenset(
    {"TaskScheduled", "LambdaFunctionScheduled", "ActivityScheduled", "MapStateStarted",
     "ParallelStateStarted", "MapRunStarted"}
)  # fmt: skip
_DONE = frozenset(
    {"TaskSucceeded", "LambdaFunctionSucceeded", "ActivitySucceeded", "MapStateSucceeded",
     "ParallelStateSucceeded", "MapRunSucceeded"}
)  # fmt: skip
_OF_HOLDERS = ("MapState", "ParallelState", "MapRun")
_ENDS: dict[str, VisitStatus] = {
    "ExecutionSucceeded": "succeeded",
    "ExecutionFailed": "failed",
    "ExecutionTimedOut": "failed",
    "ExecutionAborted": "stopped",
}


@dataclass(slots=True)
class Seen:
    """A visit as far as the events told. ``kept``: it is on the page, so it has its data."""

    id: int
    state: str
    parent: Seen | None
    iterations: tuple[int, ...]
    started_at: datetime
    stopped_at: datetime | None = None
    failing: bool = False
    waiting: bool = False
    children: int | None = None
    map_run: str | None = None
    attempts: list[Attempt] = field(default_factory=list)
    kept: bool = False
    input: str | None = None
    arguments: str | None = None
    output: str | None = None
    assigned: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """The visit on top of the stack, in a round of it where that is a loop."""

    visit: Seen | None = None
    below: Place | None = None
    iterations: tuple[int, ...] = ()


class History:
    """Takes events one by one.

    Args:
        keeps: whether a new visit's data are wanted.
    """

    def __init__(self, keeps: Callable[[Seen], bool]):
        self._keeps = keeps
        self._places: dict[int, Place] = {0: Place()}
        self.visits: list[Seen] = []
        self.end: VisitStatus | None = None

    def take(self, events: Iterable[dict[str, Any]]) -> History:
        """Reads events in their order."""
        for event in events:
            before = self._places.get(event["previousEventId"], Place())
            self._places[event["id"]] = self._next(event, before)
        return self

    def _next(self, event: dict[str, Any], before: Place) -> Place:
        kind: str = event["type"]
        if kind.endswith("StateEntered"):
            return self._enter(event, before)
        if kind.endswith("StateExited"):
            return _leave(event, before)
        if kind.startswith("MapIteration"):
            return self._round(event, before)
        if kind.startswith("Execution"):
            self.end = _ENDS.get(kind)  # a redrive goes on after an end
            return before if kind == "ExecutionRedriven" else Place()
        place = before
        if kind.startswith(_OF_HOLDERS) and not kind.endswith("Started"):
            place = _holding(before)  # the event before it may be one of a step inside
        if place.visit is not None:
            _note(place.visit, event)
        return place

    def _enter(self, event: dict[str, Any], before: Place) -> Place:
        details, outer = event["stateEnteredEventDetails"], before
        if outer.visit is not None and outer.visit.children is None:
            outer = outer.below or Place()  # what was on top has failed without having been left
        visit = Seen(
            event["id"], details["name"], outer.visit, outer.iterations, event["timestamp"]
        )
        visit.waiting = event["type"].startswith("Wait")
        visit.kept = self._keeps(visit)
        if visit.kept:
            visit.input = details.get("input")
        self.visits.append(visit)
        return Place(visit, outer, outer.iterations)

    def _round(self, event: dict[str, Any], before: Place) -> Place:
        kind = event["type"].removeprefix("MapIteration")
        details = event[f"mapIteration{kind}EventDetails"]
        place = _down_to(before, details["name"])
        if kind == "Started":
            outer = () if place.visit is None else place.visit.iterations
            return Place(place.visit, place.below, (*outer, details["index"]))
        return place


def _holding(place: Place) -> Place:
    """The place on the stack whose visit has visits inside it."""
    found: Place | None = place
    while found is not None and (found.visit is None or found.visit.children is None):
        found = found.below
    return place if found is None else found


def _down_to(place: Place, state: str) -> Place:
    """The place on the stack whose visit is of that state."""
    found: Place | None = place
    while found is not None and (found.visit is None or found.visit.state != state):
        found = found.below
    return place if found is None else found


def _leave(event: dict[str, Any], before: Place) -> Place:
    details = event["stateExitedEventDetails"]
    place = _down_to(before, details["name"])
    visit = place.visit
    if visit is None or visit.state != details["name"]:
        return before
    visit.stopped_at, visit.waiting = event["timestamp"], False
    if visit.kept:
        visit.output = details.get("output")
        visit.assigned = details.get("assignedVariables") or {}
    return place.below or Place()


def _note(visit: Seen, event: dict[str, Any]) -> None:
    kind, at, details = event["type"], event["timestamp"], _details(event)
    if kind in _BEGIN:
        if not kind.startswith("MapRun") or not visit.attempts:
            visit.attempts.append(Attempt(started_at=at, stopped_at=None, error=None, cause=None))
        visit.children = _children(kind, details, visit.children)
        visit.map_run = details.get("mapRunArn", visit.map_run)
        if visit.kept:
            visit.arguments = details.get("parameters") or details.get("input") or visit.arguments
        visit.failing, visit.waiting, visit.stopped_at = False, False, None
    elif kind == "TaskSubmitted":
        visit.waiting = True
    elif kind in _DONE and visit.attempts:
        visit.attempts[-1].stopped_at = at
    elif kind in _FAILURES:
        _fail(visit, at, details)


def _fail(visit: Seen, at: datetime, details: dict[str, Any]) -> None:
    visit.failing, visit.waiting = True, False
    last = visit.attempts[-1] if visit.attempts else None
    if last is None or last.stopped_at is not None:
        last = Attempt(started_at=visit.started_at, stopped_at=None, error=None, cause=None)
        visit.attempts.append(last)
    last.stopped_at, last.error, last.cause = at, details.get("error"), details.get("cause")


def _children(kind: str, details: dict[str, Any], known: int | None) -> int | None:
    if kind == "MapStateStarted":
        return int(details.get("length", 0))
    return 0 if kind == "ParallelStateStarted" and known is None else known


def _details(event: dict[str, Any]) -> dict[str, Any]:
    return next((value for name, value in event.items() if name.endswith("EventDetails")), {})


def status_of(visit: Seen, end: VisitStatus | None) -> VisitStatus:
    """What became of a visit; ``end``: how the execution has ended, if it has."""
    if visit.stopped_at is not None:
        return "failed" if visit.failing else "succeeded"
    if visit.failing and end is not None:
        return "failed"
    if end is not None:
        return end
    return "waiting" if visit.waiting else "running"


def value_of(text: str | None) -> Any:
    """Data of an event; what Step Functions has cut off stays a text."""
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
