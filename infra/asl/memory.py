"""The in-memory twins of the ports: for tests, for ``run`` without a server, and for measuring."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from asl.errors import ConflictError
from asl.execution import Execution, Status, in_flight, next_due
from asl.map_runs.memory import MemoryMapRuns
from asl.map_runs.ports import MapRunStore
from asl.ports import Announcement, Commit, ExecutionExistsError, LogEvent, Query
from asl.registry import ActivityRecord, ActivityTask, AliasRecord, MachineRecord
from asl.turn import Entry


class ManualClock:
    """A clock that moves when a test moves it."""

    def __init__(self, now: int = 1_767_225_600_000):
        self._now = now

    def now(self) -> int:
        """Milliseconds since the epoch."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Moves the time on."""
        self._now += int(seconds * 1000)


class MemoryJournal:
    """A :class:`asl.ports.Journal` that lives as long as the process."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._runs = MemoryMapRuns(self._lock, self._append)
        self.map_runs: MapRunStore = self._runs
        self._executions: dict[str, Execution] = {}
        self._entries: dict[str, list[Entry]] = {}
        self._announcements: dict[int, Announcement] = {}
        self._key = 0
        self._announced = 0
        self._free = [0]

    def new_key(self) -> int:
        """See :class:`asl.ports.Journal`."""
        with self._lock:
            self._key += 1
            return self._key

    def append(self, prepare: Callable[[], Commit]) -> Announcement | None:
        """See :class:`asl.ports.Journal`."""
        commit = prepare()
        with self._lock:
            return self._append(commit)

    def append_all(self, commits: Iterable[Commit]) -> list[Announcement | Exception | None]:
        """See :class:`asl.ports.Journal`."""
        results: list[Announcement | Exception | None] = []
        for commit in commits:
            try:
                results.append(self.append(partial(_same, commit)))
            except (ConflictError, ExecutionExistsError) as error:
                results.append(error)
        return results

    def _append(self, commit: Commit) -> Announcement | None:
        arn = commit.execution.arn
        known = self._executions.get(arn)
        if commit.is_new and known is not None:
            raise ExecutionExistsError(arn)
        if not commit.is_new and (known is None or known.turn != commit.expected_turn):
            raise ConflictError(arn)
        self._executions[arn] = commit.execution
        self._entries.setdefault(arn, []).extend(commit.entries)
        self._runs.apply(commit.map_runs)
        self._runs.keep(commit.execution)
        if not commit.announces:
            return None
        self._announced += 1
        announcement = Announcement(self._announced, commit.execution, commit.begins)
        self._announcements[announcement.id] = announcement
        return announcement

    def forget(self, arn: str) -> None:
        """Removes an execution that has ended, with its history."""
        with self._lock:
            self._executions.pop(arn, None)
            self._entries.pop(arn, None)

    def load(self, arn: str) -> Execution | None:
        """See :class:`asl.ports.Journal`."""
        return self._executions.get(arn)

    def history(self, execution: Execution, after: int, limit: int) -> list[Entry]:
        """See :class:`asl.ports.Journal`."""
        entries = self._entries.get(execution.arn, [])
        return [_plain(entry) for entry in entries[after : after + limit]]

    def select(self, query: Query) -> list[Execution]:
        """See :class:`asl.ports.Journal`."""
        found = [
            execution
            for execution in list(self._executions.values())
            if _asked_for(execution, query)
            and query.status in {None, execution.status}
            and query.version in {None, execution.version}
            and query.alias in {None, execution.alias}
            and (query.before is None or _place(execution) < query.before)
        ]
        newest = sorted(found, key=lambda execution: -_place(execution))[: query.limit]
        return [replace(execution, unfinished=None) for execution in newest]

    def due(self, now: int, limit: int) -> list[Execution]:
        """See :class:`asl.ports.Journal`."""
        with self._lock:
            ripe = sorted((moment, arn) for moment, arn in self._moments() if moment <= now)
            return [self._executions[arn] for _, arn in ripe[:limit]]

    def next_due(self) -> int | None:
        """See :class:`asl.ports.Journal`."""
        return min((moment for moment, _ in self._moments()), default=None)

    def _moments(self) -> list[tuple[int, str]]:
        with self._lock:
            running = [e for e in self._executions.values() if e.status is Status.RUNNING]
        return [(moment, e.arn) for e in running if (moment := next_due(e)) is not None]

    @property
    def lease_seconds(self) -> float:
        """See :class:`asl.ports.Journal`. Nobody else can take the one lease."""
        return math.inf

    def hold(self) -> Sequence[int]:
        """See :class:`asl.ports.Journal`."""
        taken, self._free = self._free, []
        return taken

    def with_tasks_in_flight(self, taken: Sequence[int] | None = None) -> Sequence[str]:
        """See :class:`asl.ports.Journal`."""
        if taken is not None and not taken:
            return []
        return [arn for arn, execution in self._executions.items() if in_flight(execution)]

    def announcements(self, limit: int, leases: Sequence[int] | None = None) -> list[Announcement]:
        """See :class:`asl.ports.Journal`."""
        with self._lock:
            wanted = [] if leases == [] else sorted(self._announcements)[:limit]
            return [self._announcements[key] for key in wanted]

    def clear(self, announcements: Sequence[Announcement]) -> None:
        """See :class:`asl.ports.Journal`."""
        with self._lock:
            for announcement in announcements:
                self._announcements.pop(announcement.id, None)


def _same(commit: Commit) -> Commit:
    return commit


def _place(execution: Execution) -> int:
    """What lists are ordered by: a child's index in its Map run, else the key."""
    child = execution.map_child
    return execution.key if child is None else child.index


def _asked_for(execution: Execution, query: Query) -> bool:
    """Whether it is of the machine, or of the Map run, that is asked for."""
    child = execution.map_child
    if query.map_run is not None:
        return child is not None and child.run == query.map_run
    return child is None and execution.machine_arn == query.machine_arn


def _plain(entry: Entry) -> Entry:
    """The entry as the durable journal gives it back: payloads as plain values."""
    number, previous, at, kind, details = entry
    return number, previous, at, kind, {k: getattr(v, "value", v) for k, v in details.items()}


class MemoryLog:
    """A :class:`asl.ports.ExecutionLog` that lives as long as the process.

    Args:
        groups: ARNs of the log groups that there are; None for any.
    """

    def __init__(self, groups: Collection[str] | None = None) -> None:
        self._groups = groups
        self.events: dict[str, list[LogEvent]] = {}

    def exists(self, group_arn: str) -> bool:
        """See :class:`asl.ports.ExecutionLog`."""
        return self._groups is None or group_arn in self._groups

    def write(self, group_arn: str, events: Sequence[LogEvent]) -> None:
        """See :class:`asl.ports.ExecutionLog`."""
        self.events.setdefault(group_arn, []).extend(events)


class MemoryMachines:
    """A :class:`asl.ports.Machines` that lives as long as the process."""

    def __init__(self) -> None:
        self._revisions: list[MachineRecord] = []
        self._current: dict[str, MachineRecord] = {}
        self._versions: dict[str, dict[int, MachineRecord]] = {}
        self._last_version: dict[str, int] = {}
        self._lock = threading.Lock()
        self.aliases = MemoryAliases()
        self.tags = MemoryTags()
        self.activities = MemoryActivities()

    def create(self, record: MachineRecord) -> MachineRecord:
        """See :class:`asl.ports.Machines`."""
        with self._lock:
            known = self._current.get(record.arn)
            if known is not None:
                return known
            made = replace(record, id=len(self._revisions) + 1, first=True)
            return self._revise(made, record.created_at)

    def update(
        self,
        arn: str,
        definition: str,
        role_arn: str,
        at: int,
        configuration: Mapping[str, Any] | None = None,
    ) -> MachineRecord:
        """See :class:`asl.ports.Machines`."""
        with self._lock:
            current = self._current[arn]
            changed = replace(
                current,
                definition=definition,
                role_arn=role_arn,
                configuration=current.configuration if configuration is None else configuration,
            )
            if changed == current:
                return current
            return self._revise(replace(changed, first=False), at)

    def _revise(self, record: MachineRecord, at: int) -> MachineRecord:
        revised = replace(record, revision=len(self._revisions) + 1, revised_at=at)
        self._revisions.append(revised)
        self._current[record.arn] = revised
        return revised

    def publish(self, arn: str, description: str, at: int) -> MachineRecord:
        """See :class:`asl.ports.Machines`."""
        with self._lock:
            current = self._current[arn]
            versions = self._versions.setdefault(arn, {})
            for known in versions.values():
                if known.revision == current.revision:
                    return known
            number = self._last_version[arn] = self._last_version.get(arn, 0) + 1
            versions[number] = replace(
                current, version=number, description=description, created_at=at
            )
            return versions[number]

    def get(self, arn: str) -> MachineRecord | None:
        """See :class:`asl.ports.Machines`."""
        if arn.count(":") == 7:
            machine_arn, _, version = arn.rpartition(":")
            found = self._versions.get(machine_arn, {})
            return next((v for number, v in found.items() if str(number) == version), None)
        return self._current.get(arn)

    def revision(self, revision: int) -> MachineRecord:
        """See :class:`asl.ports.Machines`."""
        return self._revisions[revision - 1]

    def versions(self, arn: str) -> list[MachineRecord]:
        """See :class:`asl.ports.Machines`."""
        return sorted(self._versions.get(arn, {}).values(), key=lambda v: -(v.version or 0))

    def all(self) -> list[MachineRecord]:
        """See :class:`asl.ports.Machines`."""
        return sorted(self._current.values(), key=lambda record: record.name)

    def delete(self, arn: str) -> None:
        """See :class:`asl.ports.Machines`."""
        record = self.get(arn)
        if record is not None and record.version is not None:
            del self._versions[record.arn][record.version]
        else:
            for known in (self._current, self._versions, self._last_version):
                known.pop(arn, None)


class MemoryAliases:
    """A :class:`asl.ports.Aliases` that lives as long as the process."""

    def __init__(self) -> None:
        self._aliases: dict[str, AliasRecord] = {}

    def create(self, alias: AliasRecord) -> bool:
        """See :class:`asl.ports.Aliases`."""
        return self._aliases.setdefault(alias.arn, alias) is alias

    def update(self, alias: AliasRecord) -> None:
        """See :class:`asl.ports.Aliases`."""
        if alias.arn in self._aliases:
            self._aliases[alias.arn] = alias

    def get(self, arn: str) -> AliasRecord | None:
        """See :class:`asl.ports.Aliases`."""
        return self._aliases.get(arn)

    def of_machine(self, machine_arn: str) -> list[AliasRecord]:
        """See :class:`asl.ports.Aliases`."""
        found = [a for a in self._aliases.copy().values() if a.machine_arn == machine_arn]
        return sorted(found, key=lambda alias: alias.name)

    def delete(self, arn: str) -> None:
        """See :class:`asl.ports.Aliases`."""
        self._aliases.pop(arn, None)


class MemoryTags:
    """A :class:`asl.ports.Tags` that lives as long as the process."""

    def __init__(self) -> None:
        self._tags: dict[str, dict[str, str]] = {}

    def put(self, arn: str, tags: Mapping[str, str]) -> None:
        """See :class:`asl.ports.Tags`."""
        self._tags[arn] = {**self.of(arn), **tags}

    def remove(self, arn: str, keys: Sequence[str]) -> None:
        """See :class:`asl.ports.Tags`."""
        self._tags[arn] = {key: value for key, value in self.of(arn).items() if key not in keys}

    def of(self, arn: str) -> dict[str, str]:
        """See :class:`asl.ports.Tags`."""
        return dict(sorted(self._tags.get(arn, {}).items()))

    def clear(self, arn: str) -> None:
        """See :class:`asl.ports.Tags`."""
        self._tags.pop(arn, None)


class MemoryActivities:
    """A :class:`asl.ports.Activities` that lives as long as the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._activities: dict[str, ActivityRecord] = {}
        self._tasks: dict[str, ActivityTask] = {}

    def create(self, activity: ActivityRecord) -> ActivityRecord:
        """See :class:`asl.ports.Activities`."""
        return self._activities.setdefault(activity.arn, activity)

    def get(self, arn: str) -> ActivityRecord | None:
        """See :class:`asl.ports.Activities`."""
        return self._activities.get(arn)

    def all(self) -> list[ActivityRecord]:
        """See :class:`asl.ports.Activities`."""
        return sorted(self._activities.copy().values(), key=lambda activity: activity.name)

    def delete(self, arn: str) -> None:
        """See :class:`asl.ports.Activities`."""
        with self._lock:
            self._activities.pop(arn, None)
            kept = {token: t for token, t in self._tasks.items() if t.activity_arn != arn}
            self._tasks = kept

    def offer(self, task: ActivityTask) -> None:
        """See :class:`asl.ports.Activities`."""
        with self._lock:
            self._tasks.setdefault(task.token, task)

    def take(self, activity_arn: str) -> ActivityTask | None:
        """See :class:`asl.ports.Activities`."""
        with self._lock:
            waiting = (t for t in self._tasks.values() if t.activity_arn == activity_arn)
            task = next(waiting, None)
            return None if task is None else self._tasks.pop(task.token)
