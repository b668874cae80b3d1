"""What a Distributed Map makes of the items that a test gives it. No item is processed.

The test's text stands for the content of the files that hold the items; for a list of objects, it
is the list, as JSON.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from asl.api.checks import invalid
from asl.api.trial.inspection import Inspection
from asl.errors import ITEM_READER, StateFailedError
from asl.machine import ItemReader, MapState
from asl.map_runs.datasets import Item, Source, open_source
from asl.map_runs.inputs import ChildInputs, Select, as_it_is
from asl.map_runs.model import MapRun
from asl.map_runs.ports import ObjectStoreError

FILE = {"Bucket": "", "Key": ""}


def plan(
    run: MapRun, state: MapState, select: Select, data: str | None, inspection: Inspection
) -> int:
    """Reads the items as the run would, and tells what they come to.

    Returns:
        How many items there are.

    Raises:
        StateFailedError: the items cannot be read.
        ApiError: ValidationException, where they are too many to be shown.
    """
    if run.failure is not None:
        raise StateFailedError(run.failure.error or ITEM_READER, run.failure.cause)
    pointed: list[Any] = []
    selected: list[Any] = []

    def noting(index: int, item: Item) -> Any:
        pointed.append(as_it_is(index, item))
        selected.append(select(index, item))
        return selected[-1]

    inputs, taken = ChildInputs(run, _source(run, state, data), noting).take(sys.maxsize)
    if not taken.exhausted:
        raise invalid("The items of the Map are too large to be tested.")
    if state.reader is not None and state.reader.pointer is not None:
        inspection.tell("afterItemsPointer", pointed)
    if state.selector is not None:
        inspection.tell("afterItemSelector", selected)
    if state.batcher is not None:
        inspection.tell("afterItemBatcher", [each.payload.value for each in inputs])
    return taken.items


def _source(run: MapRun, state: MapState, data: str | None) -> Source:
    if state.reader is None:
        return open_source(run.inputs, None, _OneObject(""), {})
    if data is None:
        raise invalid(
            "ItemReader data must be specified when testing a Map state with ItemReader specified."
        )
    listed = state.reader.action == "listObjectsV2" and not state.reader.flatten
    reader = ItemReader("getObject", None, "JSON") if listed else _plain(state.reader)
    return open_source(replace(run.inputs, reader=FILE), reader, _OneObject(data), {})


def _plain(reader: ItemReader) -> ItemReader:
    """A reader of one of the files that the reader would find."""
    return replace(reader, action="getObject", flatten=False, manifest=None)


class _OneObject:
    """An object store with one object in it."""

    def __init__(self, data: str):
        self._data = data.encode()

    def open(
        self, bucket: str, key: str, options: Mapping[str, Any], etag: str | None
    ) -> tuple[BinaryIO, str]:
        """See :class:`asl.map_runs.ports.ObjectStore`."""
        return io.BytesIO(self._data), ""

    def list(self, bucket: str, prefix: str, after: str) -> Iterator[dict[str, Any]]:
        """See :class:`asl.map_runs.ports.ObjectStore`."""
        return iter(())

    def put(self, bucket: str, key: str, body: BinaryIO) -> None:
        """See :class:`asl.map_runs.ports.ObjectStore`."""
        raise ObjectStoreError("Nothing is written in a test")
