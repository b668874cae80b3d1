"""The in-memory twins of the ports: for tests, for ``run`` without a server, and for measuring."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from asl.errors import ConflictError
from asl.execution import Execution, Status, in_flight, next_due
from asl.ports import Announcement, Commit, ExecutionExistsError, MachineRecord, Query
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
        self._lock = threading.Lock()
        self._executions: dict[str, Execution] = {}
        self._entries: dict[str, list[Entry]] = {}
        self._announcements: dict[int, Announcement] = {}
        self._key = 0
        self._announced = 0

    def new_key(self) -> int:
        """See :class:`asl.ports.Journal`."""
        with self._lock:
            self._key += 1
            return self._key

    def append(self, prepare: Callable[[], Commit]) -> Announcement | None:
        """See :class:`asl.ports.Journal`."""
        commit = prepare()
        arn = commit.execution.arn
        with self._lock:
            known = self._executions.get(arn)
            if commit.is_new and known is not None:
                raise ExecutionExistsError(arn)
            if not commit.is_new and (known is None or known.turn != commit.expected_turn):
                raise ConflictError(arn)
            self._executions[arn] = commit.execution
            self._entries.setdefault(arn, []).extend(commit.entries)
            if not commit.announces:
                return None
            self._announced += 1
            announcement = Announcement(self._announced, commit.execution, commit.is_new)
            self._announcements[announcement.id] = announcement
            return announcement

    def load(self, arn: str) -> Execution | None:
        """See :class:`asl.ports.Journal`."""
        return self._executions.get(arn)

    def history(self, execution: Execution, after: int, limit: int) -> list[Entry]:
        """See :class:`asl.ports.Journal`."""
        entries = self._entries.get(execution.arn, [])
        return [_plain(entry) for entry in entries[after : after + limit]]

    def newest_entry(self, execution: Execution) -> Entry:
        """See :class:`asl.ports.Journal`."""
        return _plain(self._entries[execution.arn][-1])

    def select(self, query: Query) -> list[Execution]:
        """See :class:`asl.ports.Journal`."""
        found = [
            execution
            for execution in self._executions.values()
            if execution.machine_arn == query.machine_arn
            and query.status in {None, execution.status}
            and (query.before is None or execution.key < query.before)
        ]
        return sorted(found, key=lambda execution: -execution.key)[: query.limit]

    def due(self, now: int, limit: int) -> list[str]:
        """See :class:`asl.ports.Journal`."""
        ripe = [(moment, arn) for moment, arn in self._moments() if moment <= now]
        return [arn for _, arn in sorted(ripe)[:limit]]

    def next_due(self) -> int | None:
        """See :class:`asl.ports.Journal`."""
        return min((moment for moment, _ in self._moments()), default=None)

    def _moments(self) -> list[tuple[int, str]]:
        with self._lock:
            running = [e for e in self._executions.values() if e.status is Status.RUNNING]
        return [(moment, e.arn) for e in running if (moment := next_due(e)) is not None]

    def with_tasks_in_flight(self) -> Sequence[str]:
        """See :class:`asl.ports.Journal`."""
        return [arn for arn, execution in self._executions.items() if in_flight(execution)]

    def announcements(self, limit: int) -> list[Announcement]:
        """See :class:`asl.ports.Journal`."""
        with self._lock:
            return [self._announcements[key] for key in sorted(self._announcements)[:limit]]

    def clear(self, announcements: Sequence[Announcement]) -> None:
        """See :class:`asl.ports.Journal`."""
        with self._lock:
            for announcement in announcements:
                self._announcements.pop(announcement.id, None)


def _plain(entry: Entry) -> Entry:
    """The entry as the durable journal gives it back: payloads as plain values."""
    number, previous, at, kind, details = entry
    return number, previous, at, kind, {k: getattr(v, "value", v) for k, v in details.items()}


class MemoryMachines:
    """A :class:`asl.ports.Machines` that lives as long as the process."""

    def __init__(self) -> None:
        self._revisions: list[MachineRecord] = []
        self._current: dict[str, MachineRecord] = {}
        self._versions: dict[str, dict[int, MachineRecord]] = {}

    def create(self, record: MachineRecord) -> MachineRecord:
        """See :class:`asl.ports.Machines`."""
        return self._revise(replace(record, id=len(self._revisions) + 1))

    def update(self, arn: str, definition: str, role_arn: str, at: int) -> MachineRecord:
        """See :class:`asl.ports.Machines`."""
        current = self._current[arn]
        if (current.definition, current.role_arn) == (definition, role_arn):
            return current
        return self._revise(replace(current, definition=definition, role_arn=role_arn))

    def _revise(self, record: MachineRecord) -> MachineRecord:
        revised = replace(record, revision=len(self._revisions) + 1)
        self._revisions.append(revised)
        self._current[record.arn] = revised
        return revised

    def publish(self, arn: str, description: str, at: int) -> MachineRecord:
        """See :class:`asl.ports.Machines`."""
        current = self._current[arn]
        versions = self._versions.setdefault(arn, {})
        for known in versions.values():
            if known.revision == current.revision:
                return known
        number = max(versions, default=0) + 1
        versions[number] = replace(current, version=number, description=description, created_at=at)
        return versions[number]

    def get(self, arn: str) -> MachineRecord | None:
        """See :class:`asl.ports.Machines`."""
        base, _, version = arn.partition(":stateMachine:")[2].partition(":")
        machine_arn = arn.partition(":stateMachine:")[0] + ":stateMachine:" + base
        if version:
            return self._versions.get(machine_arn, {}).get(int(version))
        return self._current.get(machine_arn)

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
            self._current.pop(arn, None)
            self._versions.pop(arn, None)
