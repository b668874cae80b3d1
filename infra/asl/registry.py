"""The ports for what is registered: machines with versions and aliases, tags, activities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import NAMESPACE_URL, uuid5


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
