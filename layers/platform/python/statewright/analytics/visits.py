"""What an execution's history says of each visit to a step: when, how long, how often tried."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from statewright.analytics.facts import readable
from statewright.workflows.definition import KINDS
from statewright.workflows.plain_steps import walk

MAX_VISITS = 500
"""The most visits of one execution that become facts."""
_FAILURES = frozenset({"TaskFailed", "TaskTimedOut", "EvaluationFailed", "MapStateFailed",
                       "LambdaFunctionFailed", "LambdaFunctionTimedOut"})  # fmt: skip
_SUCCESSES = frozenset({"TaskSucceeded", "MapStateSucceeded", "ParallelStateSucceeded"})


@dataclass(slots=True)
class Visit:
    """One time that a state was entered. ``failures`` are attempts that failed."""

    number: int
    state: str
    at: datetime
    left_at: datetime | None = None
    failures: int = 0
    failing: bool = False
    error: str | None = None
    cause: str | None = None


@dataclass(slots=True)
class Reading:
    """What a history says: the visits, the transitions that AWS bills, and words to search for."""

    visits: list[Visit] = field(default_factory=list)
    transitions: int = 0
    words: list[str] = field(default_factory=list)

    @property
    def retries(self) -> int:
        """Attempts beyond the first."""
        return sum(retries(visit) for visit in self.visits)


def retries(visit: Visit) -> int:
    """Failed attempts that were followed by another."""
    return visit.failures - (1 if visit.failing else 0)


def read(events: Iterable[dict[str, Any]]) -> Reading:
    """Reads a history, or its beginning."""
    reading = Reading()
    by_event: dict[int, Visit | None] = {}
    for event in events:
        visit = _visit_of(event, by_event, reading)
        by_event[event["id"]] = visit
        details = _details(event)
        if visit is not None:
            _note(visit, event, details)
        said = [details.get("error"), details.get("cause"), details.get("output")]
        if any(said):
            reading.words.append(
                " ".join(
                    [visit.state if visit else "", *(readable(str(one)) for one in said if one)]
                )[:1_000]
            )
    reading.transitions += reading.retries
    return reading


def _visit_of(
    event: dict[str, Any], by_event: dict[int, Visit | None], reading: Reading
) -> Visit | None:
    """The visit that an event is of: a new one, the one that it names, or its predecessor's."""
    entered = event.get("stateEnteredEventDetails")
    before = by_event.get(event["previousEventId"])
    if entered is not None:
        reading.transitions += 1
        visit = Visit(event["id"], str(entered["name"]), event["timestamp"])
        reading.visits.append(visit)
        return visit
    name = (event.get("stateExitedEventDetails") or {}).get("name") or (
        event.get("evaluationFailedEventDetails") or {}
    ).get("state")
    if name is None or (before is not None and before.state == name):
        return before
    # A Map or Parallel goes on after its branches: the newest of that name that is still open.
    open_ones = (v for v in reversed(reading.visits) if v.state == name and v.left_at is None)
    return next(open_ones, before)


def _details(event: Mapping[str, Any]) -> dict[str, Any]:
    return next((v for k, v in event.items() if k.endswith("EventDetails") and v), {})


def _note(visit: Visit, event: dict[str, Any], details: dict[str, Any]) -> None:
    kind = event["type"]
    if kind.endswith("StateExited"):
        visit.left_at = event["timestamp"]
    elif kind in _FAILURES:
        visit.failures += 1
        visit.failing = True
        visit.error = details.get("error")
        visit.cause = details.get("cause")
    elif kind in _SUCCESSES:
        visit.failing = False


@dataclass(frozen=True, slots=True)
class StepName:
    """What a step is called in figures, and its kind."""

    name: str
    kind: str


def names_of(
    definition: dict[str, Any] | None, bindings: dict[str, str] | None
) -> dict[str, StepName]:
    """State name → step, for those states that are the steps themselves."""
    steps = dict(walk((definition or {}).get("steps", []), "/steps"))
    found = {}
    for state, bound in (bindings or {}).items():
        pointer, _, role = bound.partition("#")
        step = steps.get(pointer)
        if step is not None and not role:
            kind = next((kind for kind in KINDS if kind in step), "step")
            found[state] = StepName(step.get("id") or step.get("name") or pointer, kind)
    return found


def duration_ms(visit: Visit, ended_at: datetime) -> int:
    """How long a visit took; one that was never left took until the execution's end."""
    return max(0, ((visit.left_at or ended_at) - visit.at) // timedelta(milliseconds=1))
