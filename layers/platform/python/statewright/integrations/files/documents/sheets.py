"""XLSX, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

import openpyxl

from statewright.integrations.files.documents import bounds

BATCH = 200


def read(job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Rows of a sheet as lists, some at a time; formulas are their last results."""
    bounds.check_office(job["file"], "xl/workbook.xml")
    with open(job["file"], "rb") as content:  # by its name, openpyxl would want an ending
        book = openpyxl.load_workbook(content, read_only=True, data_only=True, keep_links=False)
        yield {"sheets": book.sheetnames}
        rows = _rows(_sheet(book, job.get("sheet")))
        while batch := list(islice(rows, BATCH)):
            yield {"rows": batch}


def _sheet(book: Any, wanted: str | None) -> Any:
    if wanted is None:
        return book.worksheets[0]
    if wanted not in book.sheetnames:
        raise bounds.WrongError(f"there is no sheet '{wanted[:100]}'")
    return book[wanted]


def _rows(sheet: Any) -> Iterator[list[Any]]:
    sheet.reset_dimensions()  # what the file says of its own size need not be true
    for row in sheet.iter_rows(values_only=True):
        values = [_shown(value) for value in row]
        while values and values[-1] is None:
            values.pop()
        if values:
            yield values


def _shown(value: Any) -> Any:
    """A cell as JSON: dates and times in ISO 8601."""
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
