"""The items of a Map run as one stream, wherever they come from, and where it is read on from.

A source's ``position`` says how far it has been read; a source made with it goes on from there,
after a crash or in another process. Objects are read as streams: no file is held in memory.
https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, BinaryIO, Protocol, cast

import orjson
import zstandard

from asl.errors import ITEM_READER, StateFailedError
from asl.machine import Delimited, ItemReader
from asl.map_runs.delimited import records
from asl.map_runs.documents import CHUNK, Entry, json_document, json_lines
from asl.map_runs.model import FROM_INPUT, Inputs
from asl.map_runs.ports import ObjectStore, ObjectStoreError

Position = Mapping[str, Any]
INVENTORY = ItemReader("getObject", None, "CSV")
_ADDRESS = frozenset({"Bucket", "Key", "Prefix"})


@dataclass(frozen=True, slots=True)
class Item:
    """One item, as ``Map.Item`` shows it."""

    value: Any
    source: str = FROM_INPUT
    key: str | None = None
    """The member's name, where the items are the members of an object."""


class Source(Protocol):
    """Items in order."""

    @property
    def position(self) -> dict[str, Any]:
        """How far it has been read."""
        ...

    def __iter__(self) -> Iterator[Item]:
        """The items that are left."""
        ...


def open_source(
    inputs: Inputs, reader: ItemReader | None, objects: ObjectStore, position: Position
) -> Source:
    """The source that a run reads, from a position on."""
    if reader is None:
        return GivenItems(inputs.items if inputs.items is not None else [], position)
    bucket, prefix = _text(inputs.reader, "Bucket"), _text(inputs.reader, "Prefix", "")
    if reader.action == "listObjectsV2" and not reader.flatten:
        return ListedObjects(objects, bucket, prefix, position)
    return FileItems(objects, _files(inputs.reader, reader, objects), position)


class GivenItems:
    """Items that the state was given: an array, or the members of an object."""

    def __init__(self, items: list[Any] | dict[str, Any], position: Position):
        self._items = items
        self._read = int(position.get("item", 0))

    @property
    def position(self) -> dict[str, Any]:
        """See :class:`Source`."""
        return {"item": self._read}

    def __iter__(self) -> Iterator[Item]:
        """See :class:`Source`."""
        if isinstance(self._items, dict):
            entries = (Item(value, FROM_INPUT, key) for key, value in self._items.items())
            for item in islice(entries, self._read, None):
                self._read += 1
                yield item
            return
        while self._read < len(self._items):
            self._read += 1
            yield Item(self._items[self._read - 1])


class ListedObjects:
    """What ListObjectsV2 says of each object under a prefix."""

    def __init__(self, objects: ObjectStore, bucket: str, prefix: str, position: Position):
        self._objects = objects
        self._bucket, self._prefix = bucket, prefix
        self._after = str(position.get("after", ""))

    @property
    def position(self) -> dict[str, Any]:
        """See :class:`Source`."""
        return {"after": self._after}

    def __iter__(self) -> Iterator[Item]:
        """See :class:`Source`."""
        for listed in _listed(self._objects, self._bucket, self._prefix, self._after):
            self._after = listed["Key"]
            yield Item(listed, f"S3://{self._bucket}")


@dataclass(frozen=True, slots=True)
class _File:
    """An object with items. ``token`` finds it again: from there on the files are listed anew."""

    bucket: str
    key: str
    token: Any
    reader: ItemReader
    options: Mapping[str, Any]


Files = Callable[[Any], Iterator[_File]]
"""The files from a token on (None: from the first)."""


class FileItems:
    """The items in one or more files, one file after the other."""

    def __init__(self, objects: ObjectStore, files: Files, position: Position):
        self._objects = objects
        self._files = files
        self._position = dict(position)

    @property
    def position(self) -> dict[str, Any]:
        """See :class:`Source`."""
        return dict(self._position)

    def __iter__(self) -> Iterator[Item]:
        """See :class:`Source`."""
        resumed = self._position
        skip, etag = int(resumed.get("item", 0)), resumed.get("etag")
        for file in self._files(resumed.get("file")):
            stream, etag = _open(self._objects, file, etag)
            self._position = {"file": file.token, "item": skip, "etag": etag}
            name = f"S3://{file.bucket}/{file.key}"
            with stream:
                for key, value in islice(_entries(stream, file), skip, None):
                    self._position["item"] += 1
                    yield Item(value, name, key)
            skip, etag = 0, None


def _entries(stream: BinaryIO, file: _File) -> Iterator[Entry]:
    lines = io.BufferedReader(_Readable(_unpacked(stream, file.key)), CHUNK)
    try:
        yield from _parsed(cast(BinaryIO, lines), file.reader)
    except (OSError, EOFError, zlib.error, zstandard.ZstdError) as error:
        raise _failed(f"{file.key} could not be read: {error}") from None


def _unpacked(stream: BinaryIO, key: str) -> BinaryIO:
    """The content of a compressed object; its name says how it is compressed."""
    if key.endswith(".gz"):
        return cast(BinaryIO, gzip.GzipFile(fileobj=stream))
    if key.endswith((".zst", ".zstd")):
        unpacked = zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True)
        return cast(BinaryIO, unpacked)
    return stream


def _parsed(stream: BinaryIO, reader: ItemReader) -> Iterator[Entry]:
    match reader.format:
        case "JSON":
            # Members of an object are items only where somebody has said so.
            return json_document(stream, () if reader.flatten else reader.pointer)
        case "JSONL":
            return json_lines(stream)
        case _:
            return _delimited(stream, reader.delimited)


def _delimited(stream: BinaryIO, form: Delimited) -> Iterator[Entry]:
    text = io.TextIOWrapper(stream, "utf-8-sig", errors="replace", newline="")
    for record in records(text, form.delimiter, form.headers):
        yield None, record


class _Readable(io.RawIOBase):
    """Any stream that has ``read`` as one with lines."""

    def __init__(self, stream: BinaryIO):
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._stream.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def _files(parameters: Mapping[str, Any], reader: ItemReader, objects: ObjectStore) -> Files:
    """The files that hold the items, as the reader names them."""
    bucket = _text(parameters, "Bucket")
    if reader.flatten:
        prefix = _text(parameters, "Prefix", "")
        return lambda token: _listed_files(objects, bucket, prefix, reader, token)
    options = {name: value for name, value in parameters.items() if name not in _ADDRESS}
    file = _File(bucket, _text(parameters, "Key"), 0, reader, options)
    match reader.manifest:
        case "S3_INVENTORY":
            return lambda token: islice(_inventory(objects, file), token or 0, None)
        case "ATHENA_DATA":
            return lambda token: islice(_unloaded(objects, file), token or 0, None)
        case _:
            return lambda _: iter([file])


def _listed_files(
    objects: ObjectStore, bucket: str, prefix: str, reader: ItemReader, token: Any
) -> Iterator[_File]:
    before = token or ""
    for listed in _listed(objects, bucket, prefix, before):
        if listed["Size"] or not listed["Key"].endswith("/"):  # not a folder made by a console
            yield _File(bucket, listed["Key"], before, reader, {})
        before = listed["Key"]


def _inventory(objects: ObjectStore, manifest: _File) -> Iterator[_File]:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html"""
    try:
        content = orjson.loads(_whole(objects, manifest))
        if content["fileFormat"] != "CSV":
            raise _failed(f"The inventory's format must be CSV, not {content['fileFormat']}")
        bucket = content["destinationBucket"].rpartition(":")[2]
        names = [name.strip() for name in content["fileSchema"].split(",")]
        keys = [file["key"] for file in content["files"]]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise _failed(f"{manifest.key} is not an S3 inventory manifest: {error}") from None
    reader = replace(INVENTORY, delimited=Delimited(",", tuple(names)))
    for number, key in enumerate(keys):
        yield _File(bucket, key, number, reader, {})


def _unloaded(objects: ObjectStore, manifest: _File) -> Iterator[_File]:
    """https://docs.aws.amazon.com/athena/latest/ug/querying-finding-output-files.html"""
    reader = replace(manifest.reader, manifest=None)
    lines = _whole(objects, manifest).decode("utf-8-sig", "replace").splitlines()
    for number, line in enumerate(filter(str.strip, lines)):
        scheme, _, place = line.strip().strip('"').partition("://")
        bucket, _, key = place.partition("/")
        if scheme.lower() != "s3" or not key:
            raise _failed(f"{manifest.key} is not an Athena manifest: {line[:200]}")
        yield _File(bucket, key, number, reader, {})


def _whole(objects: ObjectStore, file: _File) -> bytes:
    stream, _ = _open(objects, file, None)
    with stream:
        return stream.read()


def _open(objects: ObjectStore, file: _File, etag: str | None) -> tuple[BinaryIO, str]:
    try:
        return objects.open(file.bucket, file.key, file.options, etag)
    except ObjectStoreError as error:
        raise _failed(str(error)) from None


def _listed(objects: ObjectStore, bucket: str, prefix: str, after: str) -> Iterator[dict[str, Any]]:
    try:
        yield from objects.list(bucket, prefix, after)
    except ObjectStoreError as error:
        raise _failed(str(error)) from None


def _text(parameters: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = parameters.get(name, default)
    if not isinstance(value, str):
        raise _failed(f"The field '{name}' must be a string but was: {value}")
    return value


def _failed(cause: str) -> StateFailedError:
    return StateFailedError(ITEM_READER, cause)
