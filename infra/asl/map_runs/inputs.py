"""Makes the inputs of children of a Map run's items: selected, batched, within AWS's limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from asl.errors import DATA_LIMIT, StateFailedError
from asl.map_runs.core import Taken
from asl.map_runs.datasets import Item, Source
from asl.map_runs.model import MapRun
from asl.payload import LIMIT, Payload

MAX_BYTES = 4 * 1_048_576
"""How many bytes of inputs are taken at a time: more children wait for the next batch."""
Select = Callable[[int, Item], Any]
"""What becomes of an item with its index: an ItemSelector, or the item as it is."""


@dataclass(frozen=True, slots=True)
class ChildInput:
    """One child's input, and how many items are in it."""

    payload: Payload
    items: int
    position: dict[str, Any]
    """Where the source is read on from after these items."""


def as_it_is(_: int, item: Item) -> Any:
    """The item; a member of an object with its key."""
    return item.value if item.key is None else {"Key": item.key, "Value": item.value}


class ChildInputs:
    """The inputs of a run's children, from where the run has got to."""

    def __init__(self, run: MapRun, source: Source, select: Select):
        self._run = run
        self._source = source
        self._select = select
        self._read = run.read
        self._position = dict(run.position)
        batched = run.inputs.batch_items or run.inputs.batch_bytes
        self._inputs = self._batches() if batched else self._single()
        self._next: ChildInput | None = None
        self._error: StateFailedError | None = None
        self._begun = False

    def take(self, most: int) -> tuple[list[ChildInput], Taken]:
        """The next inputs, at most ``most``; with the last of them the source is exhausted.

        Raises:
            StateFailedError: the source cannot be read on, and no input is left before that.
        """
        self._begin()
        found: list[ChildInput] = []
        size = 0
        while self._next is not None and len(found) < most and size < MAX_BYTES:
            found.append(self._next)
            size += len(self._next.payload.text)
            self._advance()
        if not found and self._error is not None:
            raise self._error
        position = found[-1].position if found else self._position
        self._position = position
        exhausted = self._next is None and self._error is None
        items = sum(each.items for each in found)
        return found, Taken(len(found), items, position, exhausted)

    def rest(self) -> Iterator[ChildInput]:
        """The inputs that no child will get, one by one, as far as they can be read."""
        self._begin()
        while self._next is not None:
            yield self._next
            self._advance()

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            self._advance()

    def _advance(self) -> None:
        """Looks one input ahead, so that the end is known with the last one."""
        try:
            self._next = next(self._inputs, None)
        except StateFailedError as error:
            self._next, self._error = None, error

    def _selected(self) -> Iterator[tuple[Any, dict[str, Any]]]:
        most = self._run.inputs.max_items
        items = iter(self._source)
        while not most or self._read < most:
            item = next(items, None)
            if item is None:
                return
            self._read += 1
            yield self._select(self._read - 1, item), self._source.position

    def _single(self) -> Iterator[ChildInput]:
        for value, position in self._selected():
            yield ChildInput(_within_limit(Payload(value)), 1, position)

    def _batches(self) -> Iterator[ChildInput]:
        batch = _Batch(self._run)
        for value, position in self._selected():
            text = Payload(value).text
            if not batch.has_room_for(text):
                yield batch.close()
                batch = _Batch(self._run)
            batch.add(value, text, position)
        if batch.items:
            yield batch.close()


class _Batch:
    """Items that are gathered for one child."""

    def __init__(self, run: MapRun):
        inputs = run.inputs
        self.items: list[Any] = []
        self._with = {} if inputs.batch_input is None else {"BatchInput": inputs.batch_input}
        self._size = len(orjson.dumps({**self._with, "Items": []}))
        self._most_items = inputs.batch_items
        self._most_bytes = min(inputs.batch_bytes or LIMIT, LIMIT)
        self._position: dict[str, Any] = {}

    def has_room_for(self, text: bytes) -> bool:
        """Whether it may grow by an item; a batch always takes its first."""
        if not self.items:
            return True
        full = self._most_items and len(self.items) >= self._most_items
        return not full and self._size + len(text) + 1 <= self._most_bytes

    def add(self, value: Any, text: bytes, position: dict[str, Any]) -> None:
        self.items.append(value)
        self._size += len(text) + 1
        self._position = position

    def close(self) -> ChildInput:
        payload = _within_limit(Payload({**self._with, "Items": self.items}))
        return ChildInput(payload, len(self.items), self._position)


def _within_limit(payload: Payload) -> Payload:
    if len(payload.text) > LIMIT:
        raise StateFailedError(
            DATA_LIMIT,
            "The input of a child workflow execution exceeds the maximum number of bytes service "
            "limit.",
        )
    return payload
