"""PDF documents: title, vector charts, tables with their heads on every page, page numbers.

The font is DejaVu Sans, which the ``ziafont`` package brings along: Latin, Greek, Cyrillic, Hebrew,
Arabic, Armenian, Georgian and many signs. Texts in scripts that are written from right to left are
shaped (HarfBuzz): letters joined, in the order of the Unicode bidirectional algorithm.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib import resources
from itertools import islice
from pathlib import Path

from fpdf import FPDF, XPos, YPos

from statewright.analytics.exports.charts import Area, Label, Line, Shape, chart
from statewright.analytics.exports.formatting import text_of
from statewright.analytics.exports.tables import Column, Table

MAX_ROWS = 5_000
"""Rows of a table that are printed; whoever wants more takes another format."""
_FONT = "DejaVu"
_RIGHT_TO_LEFT = {"R", "AL", "AN"}
_MARGIN = 40.0
_LINE = 13.0


class _Document(FPDF):
    """Pages with their numbers."""

    def __init__(self, title: str):
        super().__init__(orientation="landscape", unit="pt", format="A4")
        font = resources.files("ziafont").joinpath("fonts/DejaVuSans.ttf")
        with resources.as_file(font) as file:
            self.add_font(_FONT, fname=str(file))
        self.set_title(title)
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(auto=False)
        self.alias_nb_pages()

    def footer(self) -> None:
        """The page's number among all pages."""
        self.set_y(-_MARGIN + 10)
        self.set_font(_FONT, size=8)
        self.set_text_color(107, 114, 128)
        self.cell(0, 10, f"{self.page_no()} / {{nb}}", align="C")


def write_pdf(tables: Sequence[Table], target: Path, title: str, made_at: datetime) -> int:
    """Writes a document of tables, each with its chart.

    Returns:
        How many rows are in it.
    """
    document = _Document(title)
    document.set_creation_date(made_at)
    document.add_page()
    _heading(document, title, 18)
    count = sum(_section(document, table, alone=len(tables) == 1) for table in tables)
    document.output(str(target))
    return count


def _heading(document: _Document, text: str, size: float) -> None:
    document.set_text_color(17, 24, 39)
    document.set_font(_FONT, size=size)
    shown = printable(text)
    with _shaped(document, shown):
        document.multi_cell(0, size * 1.3, shown, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")
    document.ln(4)


@contextmanager
def _shaped(document: _Document, text: str) -> Iterator[None]:
    """Within, a text is shaped if its script needs it: most do not, and it takes time."""
    needed = not text.isascii() and any(
        unicodedata.bidirectional(c) in _RIGHT_TO_LEFT for c in text
    )
    if needed:
        document.set_text_shaping(use_shaping_engine=True)
    try:
        yield
    finally:
        if needed:
            document.set_text_shaping(use_shaping_engine=False)


def printable(text: str) -> str:
    """A text without what a page cannot show: line ends and control characters."""
    return "".join(c if c.isprintable() else " " for c in text)


def _section(document: _Document, table: Table, *, alone: bool) -> int:
    rows = list(islice(table.rows, MAX_ROWS + 1))
    notes = [*table.notes]
    if len(rows) > MAX_ROWS:
        notes.append(f"Only the first {MAX_ROWS:,} rows are printed.")
    shown = rows[:MAX_ROWS]
    if not alone:
        _room(document, 60)
        _heading(document, table.title, 12)
    drawn = Table(
        table.title, table.columns, shown, table.look, chart=table.chart, grain=table.grain
    )
    _draw(document, chart(drawn, document.epw, 190), 190)
    _table(document, drawn, shown)
    for note in notes:
        _room(document, _LINE)
        document.set_font(_FONT, size=8)
        document.cell(0, _LINE, printable(note), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    document.ln(10)
    return len(shown)


def _room(document: _Document, height: float) -> bool:
    """Goes on on a new page where ``height`` does not fit on this one."""
    if document.get_y() + height <= document.h - _MARGIN - 10:
        return False
    document.add_page()
    return True


def _draw(document: _Document, shapes: Sequence[Shape], height: float) -> None:
    if not shapes:
        return
    _room(document, height)
    left, top = document.l_margin, document.get_y()
    for shape in shapes:
        match shape:
            case Line():
                document.set_draw_color(shape.colour)
                document.set_line_width(shape.width)
                document.polyline([(left + x, top + y) for x, y in shape.points])
            case Area():
                document.set_fill_color(shape.colour)
                points = [(left + x, top + y) for x, y in shape.points]
                document.polygon(points, style="F")
            case Label():
                document.set_font(_FONT, size=shape.size)
                document.set_text_color(shape.colour)
                _label(document, shape, left, top)
    document.set_y(top + height + 6)


def _label(document: _Document, shape: Label, left: float, top: float) -> None:
    text, margin = printable(shape.text), document.c_margin
    with _shaped(document, text):
        wide = document.get_string_width(text)
        shift = {"start": 0.0, "middle": wide / 2, "end": wide}[shape.anchor]
        document.set_xy(left + shape.x - shift, top + shape.y - 0.8 * shape.size)
        document.c_margin = 0
        document.cell(wide, shape.size, text)  # which is shaped: what text() writes is not
        document.c_margin = margin


def _table(document: _Document, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
    widths = _widths(document, table)
    _head(document, table, widths)
    for number, row in enumerate(rows):
        if _room(document, _LINE):
            _head(document, table, widths)
        document.set_font(_FONT, size=8)
        document.set_text_color(31, 41, 55)
        document.set_fill_color(249, 250, 251)
        for value, column, width in zip(row, table.columns, widths, strict=True):
            text = text_of(value, column, table.look, table.grain)  # type: ignore[arg-type]
            _cell(document, text, column, width, fill=number % 2 == 1)
        document.ln(_LINE)


def _head(document: _Document, table: Table, widths: Sequence[float]) -> None:
    _room(document, 2 * _LINE)
    document.set_font(_FONT, size=8)
    document.set_text_color(255, 255, 255)
    document.set_fill_color(31, 41, 55)
    for column, width in zip(table.columns, widths, strict=True):
        _cell(document, column.label, column, width, fill=True)
    document.ln(_LINE)


def _cell(document: _Document, text: str, column: Column, width: float, *, fill: bool) -> None:
    align = "L" if column.kind in {"text", "time"} else "R"
    shown = printable(text)
    with _shaped(document, shown):
        fitting = _fitting(document, shown, width - 6)
        document.cell(width, _LINE, fitting, align=align, fill=fill)


def _fitting(document: _Document, text: str, width: float) -> str:
    """As much of a text as fits into a width."""
    if document.get_string_width(text) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if document.get_string_width(text[:middle] + "…") <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low] + "…"


def _widths(document: _Document, table: Table) -> list[float]:
    weights = [{"text": 2.4, "time": 1.6}.get(column.kind, 1.0) for column in table.columns]
    return [document.epw * weight / sum(weights) for weight in weights]
