"""What the engine needs from outside. Each port has an in-memory twin under the same tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import NAMESPACE_URL, uuid5

from asl.commands import Dispatch
from asl.execution import Execution, Status
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

    @property
    def is_new(self) -> bool:
        """Whether this commit creates the execution."""
        return self.expected_turn == 0

    @property
    def announces(self) -> bool:
        """Whether somebody must hear of it: the execution began or ended."""
        return self.is_new or self.execution.status is not Status.RUNNING


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


class ExecutionExistsError(Exception):
    """An execution of this name was started before."""


class Journal(Protocol):
    """Where executions live. A write has happened when the call returns."""

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

    def load(self, arn: str) -> Execution | None:
        """The execution as last committed."""
        ...

    def history(self, execution: Execution, after: int, limit: int) -> list[Entry]:
        """History entries with ids above ``after``, in order (at least one, if there are any)."""
        ...

    def newest_entry(self, execution: Execution) -> Entry:
        """The last history entry."""
        ...

    def select(self, query: Query) -> list[Execution]:
        """Executions of a machine."""
        ...

    def due(self, now: int, limit: int) -> list[str]:
        """ARNs of executions that time moves on, under the leases held; the earliest first."""
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

    def with_tasks_in_flight(self, leases: Sequence[int] | None = None) -> Sequence[str]:
        """ARNs of executions with dispatched tasks, under these leases or under all held."""
        ...

    def announcements(self, limit: int, leases: Sequence[int] | None = None) -> list[Announcement]:
        """The oldest announcements not yet cleared, under these leases or under all held."""
        ...

    def clear(self, announcements: Sequence[Announcement]) -> None:
        """Forgets announcements that have been passed on."""
        ...


@dataclass(frozen=True, slots=True)
class MachineRecord:
    """A state machine (``version`` None) or one published version of it."""

    arn: str
    name: str
    kind: str
    role_arn: str
    definition: str
    revision: int
    created_at: int
    version: int | None = None
    description: str = ""
    id: int = 0
    configuration: Mapping[str, Any] = field(default_factory=dict)
    """Logging, tracing and encryption, by the API's names for them."""
    revised_at: int = 0
    """When this revision was made."""
    first: bool = True
    """Whether this revision is the one that the machine was created with."""

    @property
    def version_arn(self) -> str:
        """The ARN that names this version."""
        return self.arn if self.version is None else f"{self.arn}:{self.version}"

    @property
    def revision_id(self) -> str | None:
        """The API's name for the revision; a machine that was never updated has none."""
        return None if self.first else str(uuid5(NAMESPACE_URL, f"{self.arn}#{self.revision}"))


@dataclass(frozen=True, slots=True)
class Route:
    """A version that an alias leads to, and how many of a hundred executions take it."""

    version: int
    weight: int


@dataclass(frozen=True, slots=True)
class AliasRecord:
    """A name for one or two versions of a state machine."""

    machine_arn: str
    name: str
    description: str
    routes: tuple[Route, ...]
    created_at: int
    updated_at: int

    @property
    def arn(self) -> str:
        """The ARN that names the alias."""
        return f"{self.machine_arn}:{self.name}"


@dataclass(frozen=True, slots=True)
class ActivityRecord:
    """A queue of tasks that workers ask for."""

    arn: str
    name: str
    created_at: int
    configuration: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ActivityTask:
    """A task that waits for a worker."""

    activity_arn: str
    token: str
    input: str
    """JSON text."""


class Aliases(Protocol):
    """Where aliases live."""

    def create(self, alias: AliasRecord) -> bool:
        """Stores an alias; False, and nothing happens, where one of its ARN exists."""
        ...

    def update(self, alias: AliasRecord) -> None:
        """Changes description and routes."""
        ...

    def get(self, arn: str) -> AliasRecord | None:
        """The alias of that ARN."""
        ...

    def of_machine(self, machine_arn: str) -> list[AliasRecord]:
        """A machine's aliases, by name."""
        ...

    def delete(self, arn: str) -> None:
        """Forgets an alias."""
        ...


class Tags(Protocol):
    """Where the tags of state machines and activities live."""

    def put(self, arn: str, tags: Mapping[str, str]) -> None:
        """Adds tags to a resource, over those with the same keys."""
        ...

    def remove(self, arn: str, keys: Sequence[str]) -> None:
        """Takes tags away; keys that are not there do not matter."""
        ...

    def of(self, arn: str) -> dict[str, str]:
        """A resource's tags, by key."""
        ...

    def clear(self, arn: str) -> None:
        """Takes all tags away."""
        ...


class Activities(Protocol):
    """Where activities live, and the tasks that no worker has taken yet."""

    def create(self, activity: ActivityRecord) -> ActivityRecord:
        """Stores an activity, or gives back the one of that ARN."""
        ...

    def get(self, arn: str) -> ActivityRecord | None:
        """The activity of that ARN."""
        ...

    def all(self) -> list[ActivityRecord]:
        """Every activity, by name."""
        ...

    def delete(self, arn: str) -> None:
        """Removes an activity and the tasks that wait for its workers."""
        ...

    def offer(self, task: ActivityTask) -> None:
        """Adds a task at the end of the queue; the same token again changes nothing."""
        ...

    def take(self, activity_arn: str) -> ActivityTask | None:
        """Takes the oldest task out of the queue: no other worker gets it."""
        ...


class Machines(Protocol):
    """Where state machines live."""

    @property
    def aliases(self) -> Aliases:
        """The machines' aliases."""
        ...

    @property
    def tags(self) -> Tags:
        """The tags of machines and activities."""
        ...

    @property
    def activities(self) -> Activities:
        """The activities."""
        ...

    def create(self, record: MachineRecord) -> MachineRecord:
        """Stores a new machine and gives it a revision; gives one that exists back as it is."""
        ...

    def update(
        self,
        arn: str,
        definition: str,
        role_arn: str,
        at: int,
        configuration: Mapping[str, Any] | None = None,
    ) -> MachineRecord:
        """Adds a revision, unless nothing differs. No configuration: it stays as it is."""
        ...

    def publish(self, arn: str, description: str, at: int) -> MachineRecord:
        """Makes the newest revision a version; one that already is a version stays the same.

        Numbers are never used again, as long as the machine exists.
        """
        ...

    def get(self, arn: str) -> MachineRecord | None:
        """The machine or version of that ARN."""
        ...

    def revision(self, revision: int) -> MachineRecord:
        """The machine as of a revision."""
        ...

    def versions(self, arn: str) -> list[MachineRecord]:
        """Published versions, newest first."""
        ...

    def all(self) -> list[MachineRecord]:
        """Every machine, by name."""
        ...

    def delete(self, arn: str) -> None:
        """Removes a version, or a machine with its versions; running executions go on."""
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
