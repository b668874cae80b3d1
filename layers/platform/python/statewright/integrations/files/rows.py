"""Rows of a file, one at a time however many there are: CSV, XLSX, JSON Lines, JSON."""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any, BinaryIO

from statewright.aws import objects
from statewright.integrations.files import store
from statewright.integrations.files.documents import confined
from statewright.integrations.files.errors import FileInvalidError, FileTooLargeError
from statewright.integrations.files.formats import ROWS, delimiter_of, format_of

MAX_LINE = 10_000_000
MAX_WHOLE = 20_000_000
"""The most bytes of what can only be read as a whole: JSON, XML, text."""
MAX_DOCUMENT = 100_000_000
"""The most bytes of a document that needs a copy here."""
PIECE = 262_144
Rows = Iterator[Any]


@contextmanager
def opened(workspace_id: str, inputs: Mapping[str, Any]) -> Generator[Rows, None, None]:
    """The rows of a file: objects by the names in its header, or lists where it has none.

    Raises:
        FileInvalidError: it is not what it should be; also while rows are read.
    """
    name = inputs["file"]
    kind = format_of(name, inputs.get("format"), ROWS)
    key = store.key_of(workspace_id, name)
    if kind == "xlsx":
        with (
            store.local_copy(workspace_id, name, MAX_DOCUMENT) as (copy, _),
            closing(
                confined.pieces(
                    {"do": "rows", "file": str(copy), "sheet": inputs.get("sheet")}, 600
                )
            ) as found,  # fmt: skip
        ):
            lists = (row for piece in found for row in piece.get("rows", ()))
            yield _headed(lists, header=inputs.get("header", True))
        return
    with objects.reading(key) as (facts, body):
        if kind == "json":
            yield iter(_list(_loaded(body, facts.size)))
        else:
            lines = _lines(_texts(body, inputs.get("encoding") or "utf-8"))
            yield _jsonl(lines) if kind == "jsonl" else _csv(lines, name, inputs)


def whole(workspace_id: str, name: str) -> bytes:
    """The content of a file that is read as a whole."""
    with objects.reading(store.key_of(workspace_id, name)) as (facts, body):
        return _bounded(body, facts.size)


def _bounded(body: BinaryIO, size: int) -> bytes:
    if size > MAX_WHOLE:
        raise FileTooLargeError(f"the file has {size:,} bytes, more than {MAX_WHOLE:,}")
    return body.read()


def loaded(content: bytes) -> Any:
    """JSON as data."""
    try:
        return json.loads(content)
    except RecursionError:
        raise FileInvalidError("the JSON is nested too deeply") from None
    except ValueError as error:
        raise FileInvalidError(f"no JSON: {error}") from None


def _loaded(body: BinaryIO, size: int) -> Any:
    return loaded(_bounded(body, size))


def _list(data: Any) -> list[Any]:
    if not isinstance(data, list):
        raise FileInvalidError("the JSON is no list")
    return data


def _texts(body: BinaryIO, encoding: str) -> Iterator[str]:
    """The content as text, piece by piece, without the mark at its beginning."""
    decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding == "utf-8" else encoding)()
    try:
        while piece := body.read(PIECE):
            yield decoder.decode(piece)
        yield decoder.decode(b"", True)
    except UnicodeDecodeError as error:
        raise FileInvalidError(f"the file is not in {encoding}: give its 'encoding'") from error


def _lines(texts: Iterable[str]) -> Iterator[str]:
    rest = ""
    for text in texts:
        parts = (rest + text).split("\n")
        rest = parts.pop()
        if len(rest) > MAX_LINE:
            raise FileInvalidError(f"a line has more than {MAX_LINE:,} characters")
        for part in parts:
            yield part + "\n"
    if rest:
        yield rest


def _jsonl(lines: Iterable[str]) -> Rows:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield json.loads(line)
            except (ValueError, RecursionError) as error:
                raise FileInvalidError(f"line {number} is no JSON: {error}") from None


def _csv(lines: Iterable[str], name: str, inputs: Mapping[str, Any]) -> Rows:
    reader = csv.reader(lines, delimiter=delimiter_of(name, inputs.get("delimiter")))
    return _headed(_read_csv(reader), header=inputs.get("header", True))


def _read_csv(reader: Any) -> Iterator[list[str]]:
    try:
        yield from (row for row in reader if row)
    except csv.Error as error:
        raise FileInvalidError(f"no CSV, at line {reader.line_num}: {error}") from None


def _headed(lists: Iterator[list[Any]], *, header: bool) -> Rows:
    """Objects by the names in the first row; cells without a name have their column's number."""
    if not header:
        yield from lists
        return
    first = next(lists, None)
    if first is None:
        return
    names = [str(n) if n not in {None, ""} else f"column_{i}" for i, n in enumerate(first, 1)]
    for row in lists:
        missing = [None] * (len(names) - len(row))
        yield dict(zip(names, [*row, *missing], strict=False))
