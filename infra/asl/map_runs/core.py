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

A redrive of the parent has the run go on, once it has ended: first the children that had not
succeeded, in the order of their items, then those that had not begun.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from asl.errors import TOLERANCE, StateError
from asl.events import MapRunEvent, MapRunFailed, MapRunSucceeded
from asl.execution import Execution
from asl.map_runs.model import Counts, MapRun, MapRunStatus, RunRedrives, Settings, ended
from asl.payload import Payload

BATCH = 500
"""How many children are started in one transaction at the most."""
EXCEEDED = StateError(TOLERANCE, "The specified tolerated failure threshold was exceeded")


@dataclass(frozen=True, slots=True)
class StartChildren:
    """Read on, and start up to ``most`` children."""

    most: int


@dataclass(frozen=True, slots=True)
class Redrive:
    """Begin anew with the children that have not succeeded."""


@dataclass(frozen=True, slots=True)
class RedriveChildren:
    """Have up to ``most`` children that did not succeed go on."""

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


Decision = Redrive | RedriveChildren | StartChildren | Fail | StopChildren | Finish | Tell | Rest


def decide(run: MapRun) -> Decision:
    """The one thing to do next."""
    if run.status is not MapRunStatus.RUNNING:
        if run.redrives.asked is not None:
            return Redrive()
        return Rest() if run.told else Tell()
    if run.failure is not None or run.stopping:
        if run.running == 0:
            return Finish()
        return Rest() if run.express else StopChildren()
    if exceeded(run):
        return Fail(EXCEEDED)
    if run.redrives.after is not None:
        return RedriveChildren(min(run.room, BATCH)) if run.room else Rest()
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
    redrives = replace(run.redrives, asked=None)
    if run.status is not MapRunStatus.RUNNING:
        asked = run.redrives.asked is not None
        return replace(run, turn=run.turn + 1, redrives=redrives, told=True) if asked else run
    return replace(run, turn=run.turn + 1, redrives=redrives, stopping=True)


def ask_redrive(run: MapRun, at: int) -> MapRun:
    """The run that its parent waits for again: once it has come to its end, it goes on."""
    redrives = replace(run.redrives, asked=at)
    return replace(run, turn=run.turn + 1, redrives=redrives, told=False)


def redrive(run: MapRun) -> MapRun:
    """The run as it goes on: children that had not succeeded wait for being redriven.

    What made it fail is forgotten, but for a limit that it was given and that nothing changes.
    """
    lost = run.executions.unsuccessful, run.items.unsuccessful
    return replace(
        run,
        turn=run.turn + 1,
        status=MapRunStatus.RUNNING,
        stopped_at=None,
        failure=run.failure if run.inputs.max_items < 0 else None,
        stopping=False,
        written=False,
        left=0,
        executions=run.executions - lost[0],
        items=run.items - lost[1],
        redrives=RunRedrives(
            run.redrives.count + 1,
            run.redrives.asked,
            after=-1 if lost[0].total else None,
            executions=lost[0],
            items=lost[1],
        ),
    )


def children_redriven(
    run: MapRun, last: int | None, found: Sequence[Execution], lost: Sequence[Execution]
) -> MapRun:
    """The run once some of its children go on.

    Args:
        last: the last child that was looked at; None where no other waits.
        found: the children, as they had ended.
        lost: those among them that cannot go on: they stay as they are.
    """
    executions, items = ended(found)
    lost_executions, lost_items = ended(lost)
    known = run.redrives
    return replace(
        run,
        turn=run.turn + 1,
        executions=run.executions + lost_executions,
        items=run.items + lost_items,
        redrives=replace(
            known,
            after=last,
            executions=known.executions - executions,
            items=known.items - items,
            lost=known.lost + len(lost),
        ),
    )


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
        told=run.stopping and run.redrives.asked is None,
        # Whoever still waited for a redrive stays as it had ended.
        executions=run.executions + run.redrives.executions,
        items=run.items + run.redrives.items,
        redrives=replace(run.redrives, after=None, executions=Counts(), items=Counts()),
    )


def outcome(run: MapRun, output: Payload | None) -> MapRunEvent:
    """The fact that the parent is told."""
    at = run.stopped_at or run.started_at
    if run.failure is None:
        return MapRunSucceeded(at, run.path, run.arn, output or Payload([]), run.redrives.count)
    error, cause = run.failure.error, run.failure.cause
    return MapRunFailed(at, run.path, run.arn, error, cause, run.redrives.count)
