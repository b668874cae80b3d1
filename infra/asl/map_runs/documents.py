"""JSON documents and JSON Lines as streams of items, whatever their size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import ijson
import orjson
from ijson.common import ObjectBuilder

from asl.errors import ITEM_READER, StateFailedError

NOT_ITERABLE = "Attempting to map over non-iterable node."
CHUNK = 65_536
BOM = b"\xef\xbb\xbf"
_OPENING = {"start_map": "end_map", "start_array": "end_array"}
Event = tuple[str, Any]
Entry = tuple[str | None, Any]
"""An item with its key, where it comes from an object."""


def json_lines(stream: BinaryIO) -> Iterator[Entry]:
    """One item for each line that is not blank."""
    for number, line in enumerate(stream, 1):
        if not line.isspace():
            try:
                yield None, orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise _unreadable(f"line {number} is not JSON: {error}") from None


def json_document(stream: BinaryIO, pointer: Sequence[str] | None) -> Iterator[Entry]:
    """The elements of an array, or the members of an object that was pointed at.

    Args:
        stream: the document.
        pointer: where the items are; None where nothing was said: then they are the document, and
            it must be an array.
    """
    begun = _Begun(stream)
    try:
        if begun.array and not pointer:
            yield from ((None, item) for item in ijson.items(begun, "item", use_float=True))
        else:
            yield from _document(ijson.basic_parse(begun, use_float=True), pointer)
    except ijson.JSONError as error:
        why = str(error).splitlines()[0]
        raise _unreadable(f"the document is not JSON: {why}") from None


class _Begun:
    """A stream of which the beginning has been looked at."""

    def __init__(self, stream: BinaryIO):
        self._stream = stream
        self._head = b""
        while not self._head and (chunk := stream.read(CHUNK)):
            self._head = chunk.removeprefix(BOM).lstrip()
        self.array = self._head.startswith(b"[")

    def read(self, size: int = -1) -> bytes:
        """As of a file."""
        if not self._head or size == 0:
            return self._stream.read(size)
        end = size if size > 0 else len(self._head)
        head, self._head = self._head[:end], self._head[end:]
        return head


def _document(events: Iterator[Event], pointer: Sequence[str] | None) -> Iterator[Entry]:
    first = next(events)
    for part in pointer or ():
        first = _descend(events, first, part)
    if first[0] == "start_array":
        for event in _until(events, "end_array"):
            yield None, _value(events, event)
    elif first[0] == "start_map" and pointer is not None:
        for _, key in _until(events, "end_map"):
            yield key, _value(events, next(events))
    else:
        raise StateFailedError(ITEM_READER, NOT_ITERABLE)


def _descend(events: Iterator[Event], first: Event, part: str) -> Event:
    """The first event of the member or element that ``part`` names."""
    if first[0] == "start_map":
        for _, key in _until(events, "end_map"):
            event = next(events)
            if key == part:
                return event
            _value(events, event)
    elif first[0] == "start_array":
        for index, event in enumerate(_until(events, "end_array")):
            if str(index) == part:
                return event
            _value(events, event)
    raise StateFailedError(ITEM_READER, NOT_ITERABLE)


def _until(events: Iterator[Event], end: str) -> Iterator[Event]:
    for event in events:
        if event[0] == end:
            return
        yield event


def _value(events: Iterator[Event], first: Event) -> Any:
    """The value that begins with ``first``."""
    if first[0] not in _OPENING:
        return first[1]
    builder, depth = ObjectBuilder(), 0
    event: Event | None = first
    while event is not None:
        builder.event(*event)
        depth += (event[0] in _OPENING) - (event[0] in _OPENING.values())
        event = next(events) if depth else None
    return builder.value


def _unreadable(why: str) -> StateFailedError:
    return StateFailedError(ITEM_READER, f"The items could not be read: {why}")
