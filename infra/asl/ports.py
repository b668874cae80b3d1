"""What the engine needs from outside. Each port has an in-memory twin under the same tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from asl.commands import Dispatch, MapRunCommand
from asl.execution import Execution, Status
from asl.map_runs.ports import MapRunStore
from asl.payload import Payload
from asl.turn import Entry


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> int:
        """Milliseconds since the epoch."""
        ...


@dataclass(frozen=True, slots=True)
class Commit:
    """One step's outcome, to be made durable as a whole."""

    execution: Execution
    entries: list[Entry]
    expected_turn: int
    """The turn that the step began from; 0 for a new execution."""
    map_runs: Sequence[MapRunCommand] = ()
    """Map runs that begin with it, or are to stop."""

    @property
    def is_new(self) -> bool:
        """Whether this commit creates the execution."""
        return self.expected_turn == 0

    @property
    def begins(self) -> bool:
        """Whether the execution began to run, for the first time or by a redrive."""
        return self.is_new or (bool(self.entries) and self.entries[0][3] == "ExecutionRedriven")

    @property
    def announces(self) -> bool:
        """Whether somebody must hear of it: the execution began or ended. Children are counted."""
        changed = self.begins or self.execution.status is not Status.RUNNING
        return changed and self.execution.map_child is None


@dataclass(frozen=True, slots=True)
class Announcement:
    """A status change that is not yet known to have been passed on. ``id`` orders and clears it."""

    id: int
    execution: Execution
    began: bool


@dataclass(frozen=True, slots=True)
class Query:
    """Which executions of a machine to list, newest first. ``before`` is a key to go on from."""

    machine_arn: str
    status: Status | None = None
    before: int | None = None
    limit: int = 100
    version: int | None = None
    """Only those that run this version."""
    alias: str | None = None
    """Only those that were started through the alias of this name."""
    map_run: str | None = None
    """Only the children of this Map run. Without it, no children at all."""


class ExecutionExistsError(Exception):
    """An execution of this name was started before."""


class Journal(Protocol):
    """Where executions live. A write has happened when the call returns."""

    map_runs: MapRunStore
    """The Map runs that executions have begun."""

    def new_key(self) -> int:
        """A number for a new execution, larger than those given out before."""
        ...

    def append(self, prepare: Callable[[], Commit]) -> Announcement | None:
        """Makes a step's outcome durable: entries, snapshot and announcement, or none of them.

        Args:
            prepare: gives the outcome; called just before the write, by whatever thread writes.

        Raises:
            ExecutionExistsError: a new execution's name is taken.
            ConflictError: the execution is no longer where the step found it.
        """
        ...

    def append_all(self, commits: Iterable[Commit]) -> Sequence[Announcement | Exception | None]:
        """Makes many outcomes durable; for each what :meth:`append` would have given or raised.

        Args:
            commits: may be made while those before are being written.
        """
        ...

    def load(self, arn: str) -> Execution | None:
        """The execution as last committed."""
        ...

    def history(self, execution: Execution, after: int, limit: int) -> list[Entry]:
        """History entries with ids above ``after``, in order (at least one, if there are any)."""
        ...

    def select(self, query: Query) -> list[Execution]:
        """Executions of a machine, without what they left unfinished."""
        ...

    def due(self, now: int, limit: int) -> list[Execution]:
        """Executions that time moves on, under the leases held; the earliest first.

        At least one, if there are any; fewer than ``limit`` where they are large.
        """
        ...

    def next_due(self) -> int | None:
        """When :meth:`due` will next have something."""
        ...

    @property
    def lease_seconds(self) -> float:
        """How often :meth:`hold` must be called at the least."""
        ...

    def hold(self) -> Sequence[int]:
        """Keeps this process's leases, under which it looks after executions, and takes free ones.

        Returns:
            The leases taken since the last call. What was in flight under them may have been lost.
        """
        ...

    def with_tasks_in_flight(self, taken: Sequence[int] | None = None) -> Sequence[str]:
        """ARNs of executions with dispatched tasks: under all leases held, or, where these have
        just been taken, all that their last holders may have dispatched tasks of.

        The latter are executions under any lease: a step that another process has made since has
        brought an execution under a lease of that process, which knows nothing of the tasks that
        were called before.
        """
        ...

    def announcements(self, limit: int, leases: Sequence[int] | None = None) -> list[Announcement]:
        """The oldest announcements not yet cleared, under these leases or under all held."""
        ...

    def clear(self, announcements: Sequence[Announcement]) -> None:
        """Forgets announcements that have been passed on."""
        ...


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The task is done."""

    output: Payload


@dataclass(frozen=True, slots=True)
class Accepted:
    """The task is under way; its end will be reported by its token or its own end."""

    output: Payload


@dataclass(frozen=True, slots=True)
class TaskError:
    """The task failed."""

    error: str | None
    cause: str | None


TaskOutcome = Succeeded | Accepted | TaskError


class TaskDispatcher(Protocol):
    """Calls what a Task state names. May block; never raises for a failure of the task."""

    def __call__(self, dispatch: Dispatch) -> TaskOutcome:
        """Performs one call."""
        ...


LogEvent = Mapping[str, Any]
"""An execution's event as CloudWatch Logs shows it, see :mod:`asl.execution_log`."""


class ExecutionLog(Protocol):
    """Where the events of executions go whose machine has a log group."""

    def exists(self, group_arn: str) -> bool:
        """Whether there is a log group of that ARN."""
        ...

    def write(self, group_arn: str, events: Sequence[LogEvent]) -> None:
        """Appends events. Best effort, as on AWS: never raises, and a crash may lose some."""
        ...


class Announcer(Protocol):
    """Passes status changes on. Returns once they cannot be lost; may see one twice."""

    def __call__(self, announcements: Sequence[Announcement]) -> None:
        """Passes on a batch, oldest first."""
        ...
