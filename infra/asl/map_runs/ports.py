"""What Map runs need from outside: objects to read and write, and a store of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from asl.execution import Execution, Status
from asl.map_runs.model import MapRun

if TYPE_CHECKING:
    from asl.ports import Commit


class ObjectStoreError(Exception):
    """The object store refused. The message is its own, and becomes the cause of an error."""


class ObjectStore(Protocol):
    """Amazon S3, or what stands in for it."""

    def open(
        self, bucket: str, key: str, options: Mapping[str, Any], etag: str | None
    ) -> tuple[BinaryIO, str]:
        """An object as a stream, and its ETag.

        Args:
            options: further parameters of GetObject, such as ``VersionId``.
            etag: the object must still be this one.

        Raises:
            ObjectStoreError: there is no such object, or it may not be read.
        """
        ...

    def list(self, bucket: str, prefix: str, after: str) -> Iterator[dict[str, Any]]:
        """The objects under a prefix, by key; only keys above ``after``.

        Yields:
            ``Etag``, ``Key``, ``LastModified`` (seconds since the epoch), ``Size``,
            ``StorageClass``.
        """
        ...

    def put(self, bucket: str, key: str, body: BinaryIO) -> None:
        """Writes an object.

        Raises:
            ObjectStoreError: it cannot be written.
        """
        ...


class MapRunStore(Protocol):
    """Where Map runs live: beside the executions, so that both change in one transaction.

    A run is created with the commit of the parent's step (:class:`asl.ports.Commit`), and the end
    of a child counts in the commit of that child's last step.
    """

    def load(self, arn: str) -> MapRun | None:
        """The run as it is now, counts included."""
        ...

    def advance(self, before: MapRun, after: MapRun, children: Sequence[Commit] = ()) -> None:
        """Stores a decision, with the children that it starts or has go on.

        Counts of ended children change by the difference of the two, besides what else they do.

        Raises:
            ConflictError: somebody else has decided since ``before`` was loaded.
        """
        ...

    def unfinished(self, leases: Sequence[int]) -> list[str]:
        """ARNs of the runs that go on, or whose parents have not heard of the end.

        Args:
            leases: only runs on which was decided last under one of these.
        """
        ...

    def tell(self, run: MapRun) -> None:
        """Notes that the parent has heard of the end."""
        ...

    def of_execution(self, parent: Execution, before: int | None, limit: int) -> list[MapRun]:
        """An execution's runs, the newest first; ``before`` is a key to go on from."""
        ...

    def unsuccessful(self, run: MapRun, after: int, limit: int) -> list[Execution]:
        """The children that ended without success, with what they left unfinished."""
        ...

    def children(
        self, run: MapRun, after: int, limit: int, status: Status | None = None
    ) -> list[Execution]:
        """The run's children by their index, those above ``after``."""
        ...
