"""The in-memory twins of what Map runs need: their store, and an object store."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, BinaryIO, assert_never

from asl.commands import MapRunCommand, RedriveMapRun, StartMapRun, StopMapRun
from asl.errors import ConflictError
from asl.execution import Execution, Status
from asl.map_runs import core
from asl.map_runs.model import MapRun, ended
from asl.map_runs.ports import ObjectStoreError
from asl.ports import Commit


class MemoryMapRuns:
    """A :class:`asl.map_runs.ports.MapRunStore` beside a journal in memory.

    Args:
        lock: the journal's; held by whoever changes executions or runs.
        append: stores a new execution, with the lock held.
    """

    def __init__(self, lock: threading.RLock, append: Callable[[Commit], object]):
        self._lock = lock
        self._append = append
        self._runs: dict[str, MapRun] = {}
        self._children: dict[str, dict[int, Execution]] = {}

    def apply(self, commands: Sequence[MapRunCommand]) -> None:
        """Begins and stops runs, with the lock held."""
        for command in commands:
            match command:
                case StartMapRun(run=run):
                    self._runs[run.arn] = replace(run, key=len(self._runs) + 1)
                    self._children[run.arn] = {}
                case StopMapRun(arn=arn):
                    self._runs[arn] = core.stop(self._runs[arn])
                case RedriveMapRun(arn=arn, at=at):
                    self._runs[arn] = core.ask_redrive(self._runs[arn], at)
                case _:
                    assert_never(command)

    def keep(self, execution: Execution) -> None:
        """Takes note of an execution that was stored, with the lock held; counts a child's end."""
        child = execution.map_child
        if child is None:
            return
        self._children[child.run][child.index] = execution
        run, (executions, items) = self._runs[child.run], ended([execution])
        self._runs[child.run] = replace(
            run, executions=run.executions + executions, items=run.items + items
        )

    def load(self, arn: str) -> MapRun | None:
        """See :class:`asl.map_runs.ports.MapRunStore`."""
        return self._runs.get(arn)

    def advance(self, before: MapRun, after: MapRun, children: Sequence[Commit] = ()) -> None:
        """See :class:`asl.map_runs.ports.MapRunStore`."""
        with self._lock:
            current = self._runs[before.arn]
            if current.turn != before.turn:
                raise ConflictError(before.arn)
            executions = current.executions + (after.executions - before.executions)
            items = current.items + (after.items - before.items)
            kept = replace(after, executions=executions, items=items)
            self._runs[before.arn] = kept
            for child in children:
                self._append(child)

    def unfinished(self, leases: Sequence[int]) -> list[str]:
        """See :class:`asl.map_runs.ports.MapRunStore`. There is one lease for all."""
        with self._lock:
            return [arn for arn, run in self._runs.items() if leases and not run.told]

    def tell(self, run: MapRun) -> None:
        """See :class:`asl.map_runs.ports.MapRunStore`."""
        with self._lock:
            if self._runs[run.arn].turn == run.turn:
                self._runs[run.arn] = replace(self._runs[run.arn], told=True)

    def of_execution(self, parent: Execution, before: int | None, limit: int) -> list[MapRun]:
        """See :class:`asl.map_runs.ports.MapRunStore`."""
        with self._lock:
            runs = [run for run in self._runs.values() if run.parent_arn == parent.arn]
        runs = [run for run in runs if before is None or run.key < before]
        return sorted(runs, key=lambda run: -run.key)[:limit]

    def unsuccessful(self, run: MapRun, after: int, limit: int) -> list[Execution]:
        """See :class:`asl.map_runs.ports.MapRunStore`."""
        good = {Status.RUNNING, Status.SUCCEEDED}
        with self._lock:
            above = [c for index, c in sorted(self._children[run.arn].items()) if index > after]
            return [child for child in above if child.status not in good][:limit]

    def children(
        self, run: MapRun, after: int, limit: int, status: Status | None = None
    ) -> list[Execution]:
        """See :class:`asl.map_runs.ports.MapRunStore`."""
        with self._lock:
            known = self._children[run.arn]
            above = (known[index] for index in range(after + 1, len(known)))
            return list(islice((c for c in above if status in {None, c.status}), limit))


class MemoryObjects:
    """A :class:`asl.map_runs.ports.ObjectStore` that lives as long as the process."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], bytes] = {}
        self.buckets: set[str] = set()

    def open(
        self, bucket: str, key: str, options: Mapping[str, Any], etag: str | None
    ) -> tuple[BinaryIO, str]:
        """See :class:`asl.map_runs.ports.ObjectStore`."""
        self._check(bucket)
        body = self.objects.get((bucket, key))
        if body is None:
            raise ObjectStoreError("The specified key does not exist.")
        found = _etag(body)
        if etag not in {None, found}:
            words = "At least one of the pre-conditions you specified did not hold"
            raise ObjectStoreError(words)
        return io.BytesIO(body), found

    def list(self, bucket: str, prefix: str, after: str) -> Iterator[dict[str, Any]]:
        """See :class:`asl.map_runs.ports.ObjectStore`."""
        self._check(bucket)
        keys = sorted(key for owner, key in self.objects if owner == bucket)
        for key in keys:
            if key.startswith(prefix) and key > after:
                body = self.objects[bucket, key]
                yield {
                    "Etag": _etag(body),
                    "Key": key,
                    "LastModified": 1_767_225_600,
                    "Size": len(body),
                    "StorageClass": "STANDARD",
                }

    def put(self, bucket: str, key: str, body: BinaryIO) -> None:
        """See :class:`asl.map_runs.ports.ObjectStore`."""
        self._check(bucket)
        self.objects[bucket, key] = body.read()

    def _check(self, bucket: str) -> None:
        if bucket not in self.buckets:
            raise ObjectStoreError("The specified bucket does not exist")


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


class NoObjects(MemoryObjects):
    """An object store with nothing in it: for an engine that was given none."""

    def _check(self, bucket: str) -> None:
        raise ObjectStoreError(f"No object store is connected, so bucket '{bucket}' is unknown")
