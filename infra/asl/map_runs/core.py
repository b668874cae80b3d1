"""Decides what a Map run does next. No clock, I/O or randomness: facts in, intents out.

The theory
==========
A run takes items from its source and gives each (or each batch) to a child execution. Children are
ordinary executions; the run only knows how many it has started and how many have ended, and how.
Those counts change in the same transaction as what they count, so ``decide`` may be asked at any
time, by anyone, after any crash: it looks at the run as it is and names the one thing to do next.

Reading and starting are one thing: the new position is stored with the children that were made of
the items before it. So an item is never in two children and never in none.

Once too many items have failed, or the source cannot be read, or the parent has gone, the run
starts nothing any more, stops the children that still run (Express ones cannot be stopped: they
are waited for) and ends. Only when it has ended is the parent told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from asl.errors import TOLERANCE, StateError
from asl.events import MapRunEvent, MapRunFailed, MapRunSucceeded
from asl.map_runs.model import MapRun, MapRunStatus, Settings
from asl.payload import Payload

BATCH = 500
"""How many children are started in one transaction at the most."""
EXCEEDED = StateError(TOLERANCE, "The specified tolerated failure threshold was exceeded")


@dataclass(frozen=True, slots=True)
class StartChildren:
    """Read on, and start up to ``most`` children."""

    most: int


@dataclass(frozen=True, slots=True)
class Fail:
    """Stop starting children: the run has failed."""

    error: StateError


@dataclass(frozen=True, slots=True)
class StopChildren:
    """Stop the children that still run."""


@dataclass(frozen=True, slots=True)
class Finish:
    """Nothing runs any more: hand in the results and end."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Let the parent know of the end."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing to do until a child ends or somebody changes the run."""


Decision = StartChildren | Fail | StopChildren | Finish | Tell | Rest


def decide(run: MapRun) -> Decision:
    """The one thing to do next."""
    if run.status is not MapRunStatus.RUNNING:
        return Rest() if run.told else Tell()
    if run.failure is not None or run.stopping:
        if run.running == 0:
            return Finish()
        return Rest() if run.express else StopChildren()
    if exceeded(run):
        return Fail(EXCEEDED)
    if not run.exhausted:
        return StartChildren(min(run.room, BATCH)) if run.room else Rest()
    return Rest() if run.running else Finish()


def exceeded(run: MapRun) -> bool:
    """Whether more items have failed than may. Aborted ones do not count, as on AWS."""
    return too_many(run.settings, run.items.failed + run.items.timed_out, run.total)


def too_many(settings: Settings, failed: int, total: int | None) -> bool:
    """Whether so many failures are more than are tolerated.

    A threshold of 0 is one that is not set; with none set, no item may fail. A share is judged
    only once the number of items is known, for a file when all of it has been read.
    """
    if not settings.tolerated_count and not settings.tolerated_percentage:
        return failed > 0
    if settings.tolerated_count and failed > settings.tolerated_count:
        return True
    share = settings.tolerated_percentage
    return bool(share and total is not None and failed * 100 > share * total)


@dataclass(frozen=True, slots=True)
class Taken:
    """What was read from the source for one batch of children."""

    children: int
    items: int
    position: dict[str, Any]
    exhausted: bool


def take(run: MapRun, taken: Taken) -> MapRun:
    """The run once the children made of ``taken`` have been started."""
    return replace(
        run,
        turn=run.turn + 1,
        read=run.read + taken.items,
        started=run.started + taken.children,
        position=taken.position,
        exhausted=taken.exhausted,
    )


def fail(run: MapRun, error: StateError) -> MapRun:
    """The run once it has failed; the first error stays."""
    return replace(run, turn=run.turn + 1, failure=run.failure or error)


def stop(run: MapRun) -> MapRun:
    """The run once its parent does not wait for it any more; one that has ended stays."""
    if run.status is not MapRunStatus.RUNNING:
        return run
    return replace(run, turn=run.turn + 1, stopping=True)


def change(run: MapRun, settings: Settings) -> MapRun:
    """The run under other limits."""
    return replace(run, turn=run.turn + 1, settings=settings)


def finish(
    run: MapRun, now: int, *, written: bool, left: int = 0, error: StateError | None = None
) -> MapRun:
    """The run at its end.

    Args:
        written: the results were exported or can be handed over.
        left: how many items of the source were not processed, where they were counted.
        error: why the results could not be handed in.
    """
    failure = run.failure or error
    status = MapRunStatus.SUCCEEDED if failure is None else MapRunStatus.FAILED
    return replace(
        run,
        turn=run.turn + 1,
        status=MapRunStatus.ABORTED if run.stopping else status,
        stopped_at=now,
        failure=failure,
        written=written,
        left=left,
        told=run.stopping,
    )


def outcome(run: MapRun, output: Payload | None) -> MapRunEvent:
    """The fact that the parent is told."""
    at = run.stopped_at or run.started_at
    if run.failure is None:
        return MapRunSucceeded(at, run.path, run.arn, output or Payload([]))
    return MapRunFailed(at, run.path, run.arn, run.failure.error, run.failure.cause)
