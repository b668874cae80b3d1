"""An execution as a frozen value: a tree of frames, each of which waits for exactly one thing.

Nothing here is a thread, a coroutine or a timer. Between two steps an execution is this value in a
row of the database; :mod:`asl.codec` writes and reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from asl.errors import StateError
from asl.payload import Payload

Path = tuple[int, ...]
"""Where a frame is: the child index taken at each Parallel or Map, () for the top level."""


class Status(StrEnum):
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html"""

    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    TIMED_OUT = "TIMED_OUT"
    ABORTED = "ABORTED"


@dataclass(frozen=True, slots=True)
class ForTime:
    """Waits for a moment (milliseconds since the epoch).

    ``then`` says what for: to leave a Wait state, to try the state again (a retry's delay), or to
    enter the state, where a long walk was broken off to let others have their turn.
    """

    due: int
    then: Literal["leave", "retry", "enter"] = "leave"


@dataclass(frozen=True, slots=True)
class ForTask:
    """Waits for a task's result. ``id`` is the history event that scheduled it."""

    id: int
    parameters: Payload
    token: str
    submitted: bool = False
    """The request was accepted; what is awaited now is the job's end or the token's return."""
    due: int | None = None
    timeout_seconds: int | None = None
    heartbeat_seconds: int | None = None
    heartbeat_due: int | None = None


@dataclass(frozen=True, slots=True)
class ForMapRun:
    """Waits for the end of a Distributed Map's run. ``id`` is the history event that began it."""

    id: int
    arn: str
    redrives: int = 0
    """How often the run was made to go on."""


@dataclass(frozen=True, slots=True)
class ForChildren:
    """Waits for Parallel branches or Map iterations."""

    frames: Mapping[int, Frame]
    results: Mapping[int, Payload]
    items: tuple[Any, ...] = ()
    next_item: int = 0
    concurrency: int = 0
    """0 means no limit."""
    chain: int = 0
    """The event that the next iteration's beginning follows."""
    last: int = 0
    """The newest event about the state itself: its beginning, or an iteration's end."""
    failed: int = 0
    tolerated: int = 0
    """How many items of a Distributed Map may fail."""


Waiting = ForTime | ForTask | ForMapRun | ForChildren


@dataclass(frozen=True, slots=True)
class Frame:
    """One thread of control, parked in ``state``."""

    path: Path
    state: str
    input: Payload
    entered_at: int
    entered_id: int
    previous: int
    """The history event that the frame's next event follows."""
    variables: Mapping[str, Any]
    waiting: Waiting
    retries: tuple[int, ...] = ()
    """Attempts used up, per Retry rule of the current state."""
    retry_count: int = 0
    item: tuple[int, Any] | None = None
    """A Map iteration's index and value."""


@dataclass(frozen=True, slots=True)
class Parent:
    """The task of another execution that waits for this execution's end."""

    arn: str
    path: Path
    id: int
    pattern: str
    """``sync`` hands the output over as text, ``sync2`` as JSON."""


@dataclass(frozen=True, slots=True)
class Redrives:
    """How often an execution that had ended without success was made to go on."""

    count: int = 0
    at: int | None = None
    """When it last was."""
    tokens: tuple[tuple[str, int], ...] = ()
    """The client tokens of the latest requests, each with its moment."""


@dataclass(frozen=True, slots=True)
class MapChild:
    """What makes an execution the child of a Map run."""

    run: str
    """The run's ARN."""
    state: str
    """The Map state, whose processor the child runs."""
    index: int
    items: int = 1
    """How many items its input holds."""
    express: bool = False
    key: int = 0
    """The run's number in its store."""


@dataclass(frozen=True, slots=True)
class Execution:
    """One run of a state machine. Times are milliseconds since the epoch."""

    arn: str
    machine_arn: str
    role_arn: str
    input: Payload
    started_at: int
    secret: str
    """Makes task tokens unguessable and jitter differ; given at the start, so steps stay pure."""
    key: int = 0
    """The journal's number for the execution: short, and growing with time."""
    revision: int = 0
    """Which revision of the state machine's definition it runs, to its end."""
    seq: int = 0
    """The id of the newest history event."""
    turn: int = 0
    """How many steps have changed it: what a writer must have seen to be allowed to write."""
    status: Status = Status.RUNNING
    root: Frame | None = None
    """Where it stands; None once it has ended."""
    unfinished: Frame | None = None
    """Where it stood when it ended without success: what a redrive goes on from."""
    output: Payload | None = None
    failure: StateError | None = None
    stopped_at: int | None = None
    due: int | None = None
    """When the machine's TimeoutSeconds runs out."""
    parent: Parent | None = None
    version: int | None = None
    """The published version that was started, if one was."""
    alias: str | None = None
    """The name of the alias through which it was started, if it was."""
    trace_header: str | None = None
    """The X-Ray trace that whoever started it asked for."""
    redrives: Redrives = Redrives()
    map_child: MapChild | None = None

    def moved(
        self,
        seq: int,
        status: Status = Status.RUNNING,
        *,
        root: Frame | None = None,
        unfinished: Frame | None = None,
        output: Payload | None = None,
        failure: StateError | None = None,
        stopped_at: int | None = None,
    ) -> Execution:
        """The execution after a step. As ``replace`` would make it, in a third of the time."""
        return Execution(
            self.arn,
            self.machine_arn,
            self.role_arn,
            self.input,
            self.started_at,
            self.secret,
            self.key,
            self.revision,
            seq,
            self.turn + 1,
            status,
            root,
            unfinished,
            output,
            failure,
            stopped_at,
            self.due,
            self.parent,
            self.version,
            self.alias,
            self.trace_header,
            self.redrives,
            self.map_child,
        )

    @property
    def name(self) -> str:
        """The part of the ARN that whoever started it chose."""
        return self.arn.split(":")[7]

    @property
    def express(self) -> bool:
        """Whether it is an Express execution: quick, in memory, without a history of its own."""
        return self.arn.split(":")[5] == "express"

    @property
    def version_arn(self) -> str | None:
        """The ARN of the version that was started."""
        return None if self.version is None else f"{self.machine_arn}:{self.version}"

    @property
    def alias_arn(self) -> str | None:
        """The ARN of the alias through which it was started."""
        return None if self.alias is None else f"{self.machine_arn}:{self.alias}"


def leaves(frame: Frame | None) -> Iterator[Frame]:
    """Every frame of the tree that waits for something other than its children."""
    if frame is None:
        return
    if isinstance(frame.waiting, ForChildren):
        for child in frame.waiting.frames.values():
            yield from leaves(child)
    else:
        yield frame


def next_due(execution: Execution) -> int | None:
    """The earliest moment at which time alone moves the execution on, or None."""
    moments = [] if execution.due is None else [execution.due]
    for frame in leaves(execution.root):
        match frame.waiting:
            case ForTime(due=due):
                moments.append(due)
            case ForTask(due=due, heartbeat_due=beat):
                moments += [moment for moment in (due, beat) if moment is not None]
    return min(moments, default=None)


def in_flight(execution: Execution) -> list[Frame]:
    """The frames whose task was dispatched and has not been answered or accepted yet."""
    return [
        frame
        for frame in leaves(execution.root)
        if isinstance(frame.waiting, ForTask) and not frame.waiting.submitted
    ]


def map_runs(frame: Frame | None) -> set[str]:
    """ARNs of the Map runs that are waited for."""
    waiting = (leaf.waiting for leaf in leaves(frame))
    return {each.arn for each in waiting if isinstance(each, ForMapRun)}
