"""A Map run as a frozen value: how far it has read, how its children ended, what it may do.

It is a row of its own, so that a child's beginning and end never rewrite the parent.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from asl.errors import StateError
from asl.execution import Execution, Path, Status

UNLIMITED = 10_000
"""How many children run at once where MaxConcurrency is 0 or missing (AWS quota)."""
FROM_INPUT = "STATE_DATA"
"""``Map.Item.Source`` of items that were in the state's input."""


class MapRunStatus(StrEnum):
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html"""

    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    ABORTED = "ABORTED"


@dataclass(frozen=True, slots=True)
class Counts:
    """How children, or the items in them, have ended."""

    succeeded: int = 0
    failed: int = 0
    timed_out: int = 0
    aborted: int = 0

    @property
    def total(self) -> int:
        """All that have ended."""
        return self.succeeded + self.failed + self.timed_out + self.aborted

    @property
    def unsuccessful(self) -> Counts:
        """Those that did not succeed."""
        return replace(self, succeeded=0)

    def __sub__(self, other: Counts) -> Counts:
        return Counts(
            self.succeeded - other.succeeded,
            self.failed - other.failed,
            self.timed_out - other.timed_out,
            self.aborted - other.aborted,
        )

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.succeeded + other.succeeded,
            self.failed + other.failed,
            self.timed_out + other.timed_out,
            self.aborted + other.aborted,
        )


_ENDED = {
    Status.SUCCEEDED: "succeeded",
    Status.FAILED: "failed",
    Status.TIMED_OUT: "timed_out",
    Status.ABORTED: "aborted",
}


def ended(children: Iterable[Execution]) -> tuple[Counts, Counts]:
    """What the ends of some children add: to the counts of executions, and of items."""
    executions = dict.fromkeys(_ENDED.values(), 0)
    items = dict.fromkeys(_ENDED.values(), 0)
    for child in children:
        name = _ENDED.get(child.status)
        if name is not None and child.map_child is not None:
            executions[name] += 1
            items[name] += child.map_child.items
    return Counts(**executions), Counts(**items)


@dataclass(frozen=True, slots=True)
class Settings:
    """What UpdateMapRun may change while the run goes on. 0 means: not set."""

    concurrency: int = 0
    tolerated_count: int = 0
    tolerated_percentage: float = 0.0


@dataclass(frozen=True, slots=True)
class Inputs:
    """The Map state's fields as evaluated when the run began."""

    items: list[Any] | dict[str, Any] | None = None
    """The items themselves, or None where a reader gives them."""
    reader: Mapping[str, Any] = field(default_factory=dict)
    """The reader's parameters: ``Bucket``, ``Key``, …"""
    max_items: int = 0
    """0: all of them."""
    batch_items: int = 0
    """0: no batches, or only their bytes are limited."""
    batch_bytes: int = 0
    batch_input: Any = None
    writer: Mapping[str, Any] = field(default_factory=dict)
    """The writer's parameters: ``Bucket`` and ``Prefix``."""


@dataclass(frozen=True, slots=True)
class RunRedrives:
    """How often a run was redriven, and which of its children still wait for that."""

    count: int = 0
    at: int | None = None
    """When it last was."""
    asked: int | None = None
    """When that was asked for, until it begins: first the run must come to its end."""
    after: int | None = None
    """The last child that was looked at; None while no child waits."""
    executions: Counts = Counts()
    """How those had ended that wait."""
    items: Counts = Counts()
    lost: int = 0
    """Children that could not be redriven."""


@dataclass(frozen=True, slots=True)
class MapRun:
    """One run of a Distributed Map. Times are milliseconds since the epoch."""

    arn: str
    parent_arn: str
    path: Path
    """The parent's frame that waits for the run."""
    machine_arn: str
    """The children's state machine: the parent's, with the label."""
    role_arn: str
    revision: int
    state: str
    """The Map state's name, unique in the definition."""
    started_at: int
    settings: Settings
    inputs: Inputs
    express: bool = False
    key: int = 0
    """The store's number for the run."""
    turn: int = 0
    """How many decisions have changed it: what a writer must have seen to be allowed to write."""
    status: MapRunStatus = MapRunStatus.RUNNING
    stopped_at: int | None = None
    read: int = 0
    """How many items were taken from the source; all of them went into children."""
    position: Mapping[str, Any] = field(default_factory=dict)
    """Where the source is read on from; only the source knows what it means."""
    exhausted: bool = False
    """The source has no more items."""
    started: int = 0
    """How many children have been started."""
    executions: Counts = Counts()
    items: Counts = Counts()
    left: int = 0
    """Items that will not be processed, because the run failed or was stopped."""
    failure: StateError | None = None
    stopping: bool = False
    """The parent does not wait for it any more."""
    told: bool = False
    """The parent has heard of its end."""
    written: bool = False
    """The results were exported, or handed to the parent."""
    redrives: RunRedrives = RunRedrives()

    @property
    def label(self) -> str:
        """The label, given or made up."""
        return self.machine_arn.rsplit("/", 1)[1]

    @property
    def id_part(self) -> str:
        """The last part of the ARN: exported results lie under it."""
        return self.arn.rsplit(":", 1)[1]

    @property
    def running(self) -> int:
        """Children that have been started and have not ended."""
        return self.started - self.executions.total - self.redrives.executions.total

    @property
    def total(self) -> int | None:
        """How many items there are, where that is known already."""
        if self.exhausted:
            return self.read
        if self.inputs.items is None:
            return None
        items, most = len(self.inputs.items), self.inputs.max_items
        return min(items, most) if most else items

    @property
    def pending(self) -> int:
        """Items known to wait for a child."""
        return self.left or (self.total or self.read) - self.read

    @property
    def room(self) -> int:
        """How many more children may run at once."""
        return max(0, (self.settings.concurrency or UNLIMITED) - self.running)


def child_arn(machine_arn: str, run_arn: str, index: int, *, express: bool) -> str:
    """The ARN of a run's child. Its name is an id that ascends with the index."""
    seed = hashlib.blake2b(f"{run_arn}|{index}".encode(), digest_size=26).digest()
    name = uuid.UUID(bytes=seed[:2] + index.to_bytes(4) + seed[2:12], version=3)
    kind = ":express:" if express else ":execution:"
    arn = f"{machine_arn.replace(':stateMachine:', kind, 1)}:{name}"
    return f"{arn}:{uuid.UUID(bytes=seed[10:26], version=4)}" if express else arn
