"""Rows written into files: CSV, XLSX, JSON Lines, JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from statewright.integrations.files.errors import FileInvalidError, FileTooLargeError
from statewright.integrations.files.formats import delimiter_of
from statewright.integrations.files.rows import Rows


class Bounded:
    """A file being written, which refuses to become too large."""

    def __init__(self, target: BinaryIO, most: int):
        self._target, self._left = target, most

    def write(self, content: bytes) -> int:
        """Writes some more."""
        self._left -= len(content)
        if self._left < 0:
            raise FileTooLargeError("the file would become larger than it may")
        return self._target.write(content)

    def flush(self) -> None:
        """What zipfile wants to be able to say."""

    def text(self, text: str) -> int:
        """The same of text."""
        return self.write(text.encode("utf-8", "replace"))


def write(kind: str, rows: Rows, target: Bounded, inputs: Mapping[str, Any]) -> int:
    """Writes rows in a format; returns how many.

    Raises:
        FileInvalidError: a row does not fit the columns.
    """
    match kind:
        case "csv":
            return _write_csv(rows, target, inputs)
        case "jsonl":
            return sum(1 for row in rows if target.text(_json(row) + "\n"))
        case "xlsx":
            return _write_xlsx(rows, target, inputs)
    count = 0
    target.text("[")
    for count, row in enumerate(rows, 1):
        target.text((",\n" if count > 1 else "") + _json(row))
    target.text("]\n")
    return count


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _write_csv(rows: Rows, target: Bounded, inputs: Mapping[str, Any]) -> int:
    sink = _Lines(target)
    # A conversion's delimiter is that of the file it reads.
    given = None if "to" in inputs else inputs.get("delimiter")
    delimiter = delimiter_of(inputs.get("to") or inputs["file"], given)
    writer = csv.writer(sink, delimiter=delimiter)
    return _in_columns(rows, inputs.get("columns"), lambda row: writer.writerow(map(_cell, row)))


class _Lines:
    """What csv writes to."""

    def __init__(self, target: Bounded):
        self.write = target.text


def _cell(value: Any) -> Any:
    return value if isinstance(value, str) else "" if value is None else _json(value)


def _in_columns(rows: Rows, columns: list[str] | None, put: Callable[[list[Any]], object]) -> int:
    """Objects under a header, which is given or the first row's; lists as they are."""
    count = 0
    known = set(columns or ())
    if columns:
        put(list(columns))
    for count, row in enumerate(rows, 1):
        if isinstance(row, list):
            put(row)
            continue
        if not isinstance(row, dict):
            raise FileInvalidError(f"row {count} is neither an object nor a list")
        if not columns:
            columns = list(row)
            known = set(columns)
            put(list(columns))
        elif extra := [name for name in row if name not in known]:
            raise FileInvalidError(f"row {count} has '{extra[0][:50]}', which no column is for")
        put([row.get(name) for name in columns])
    return count


def _write_xlsx(rows: Rows, target: Bounded, inputs: Mapping[str, Any]) -> int:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(inputs.get("sheet") or "Sheet1")[:31])
    count = _in_columns(rows, inputs.get("columns"), lambda row: sheet.append(_cells(sheet, row)))
    book.save(target)
    return count


def _cells(sheet: Any, row: list[Any]) -> list[Any]:
    """Texts stay texts, also those that look like formulas."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils.exceptions import IllegalCharacterError

    cells = []
    for value in row:
        plain = value is None or isinstance(value, bool | int | float | str)
        try:
            cell = WriteOnlyCell(sheet, value if plain else _json(value))
        except IllegalCharacterError:
            raise FileInvalidError("a text has characters that XLSX cannot have") from None
        if isinstance(cell.value, str):
            cell.data_type = "s"
        cells.append(cell)
    return cells
