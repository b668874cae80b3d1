"""Excel workbooks: typed cells, a chart, in constant memory."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from statewright.analytics.exports.tables import Column, Table, Value
from statewright.analytics.exports.text_files import STEP, Progress

MAX_ROWS = 1_048_575
"""Rows of a sheet below its head; further ones go to further sheets."""
_FORMATS = {
    "count": "#,##0",
    "ratio": "0.0%",
    "milliseconds": '#,##0" ms"',
    "hours": '#,##0.0" h"',
    "usd": '"$"#,##0.000000',
    "time": "yyyy-mm-dd hh:mm",
}
_CHARTS = {"line": "line", "area": "area", "bar": "column", "pie": "pie"}
_CHARTED = 2_000
"""The most rows that a chart shows."""


def write_xlsx(table: Table, target: Path, progress: Progress) -> int:
    """Writes a workbook. No text in it is ever a formula or a link.

    Returns:
        How many rows there were.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(str(target), options) as book:
        book.set_properties({"title": table.title[:200], "comments": " ".join(table.notes)})
        writer = _Writer(book, table)
        count = 0
        for count, row in enumerate(table.rows, 1):
            writer.add(row)
            if count % STEP == 0:
                progress(count)
        if table.chart in _CHARTS and 0 < count <= MAX_ROWS:
            _add_chart(book, table, min(count, _CHARTED))
    return count


class _Writer:
    """Writes rows, sheet by sheet."""

    def __init__(self, book: Any, table: Table):
        self._book = book
        self._table = table
        self._zone = ZoneInfo(table.look.time_zone)
        money = f'#,##0.00" {table.look.currency}"'
        formats = {**_FORMATS, "money": money}
        self._formats = [
            book.add_format({"num_format": formats[c.kind]}) if c.kind in formats else None
            for c in table.columns
        ]
        self._head = book.add_format({"bold": True, "bottom": 1})
        self._next = 0
        self._sheet: Any = None
        self._begin()

    def _begin(self) -> None:
        count = len(self._book.worksheets())
        self._sheet = self._book.add_worksheet("Data" if count == 0 else f"Data {count + 1}")
        for index, column in enumerate(self._table.columns):
            self._sheet.set_column(index, index, _width(column))
            self._sheet.write_string(0, index, column.label, self._head)
        self._sheet.freeze_panes(1, 0)
        self._next = 1

    def add(self, row: tuple[Value, ...]) -> None:
        """Writes one row."""
        if self._next > MAX_ROWS:
            self._begin()
        for index, value in enumerate(row):
            self._write(index, value)
        self._next += 1

    def _write(self, index: int, value: Value) -> None:
        style = self._formats[index]
        if isinstance(value, str):
            self._sheet.write_string(self._next, index, value[:32_767])
        elif isinstance(value, datetime):
            local = value.astimezone(self._zone).replace(tzinfo=None)  # Excel knows no time zones
            self._sheet.write_datetime(self._next, index, local, style)
        elif value is not None:
            self._sheet.write_number(self._next, index, value, style)


def _width(column: Column) -> int:
    return {"text": 30, "time": 18}.get(column.kind, max(12, len(column.label) + 2))


def _add_chart(book: Any, table: Table, rows: int) -> None:
    """A chart of the measures over what stands before them."""
    measures = [i for i, c in enumerate(table.columns) if c.kind not in {"text", "time"}]
    if not measures or measures[0] == 0:
        return
    names = measures[0] - 1
    chart = book.add_chart({"type": _CHARTS[table.chart]})
    for index in measures[:1] if table.chart == "pie" else measures:
        chart.add_series(
            {
                "name": ["Data", 0, index],
                "categories": ["Data", 1, names, rows, names],
                "values": ["Data", 1, index, rows, index],
            }
        )
    chart.set_title({"name": table.title[:200], "overlay": False})
    sheet = book.add_chartsheet("Chart")
    sheet.set_chart(chart)
