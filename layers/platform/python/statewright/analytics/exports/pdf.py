"""PDF documents: title, vector charts, tables with their heads on every page, page numbers.

Texts in scripts that are written from right to left are shaped (HarfBuzz): letters joined, in the
order of the Unicode bidirectional algorithm. Titles and texts of cells go on on further lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

from fpdf import FPDF

from statewright.analytics.exports.charts import Area, Label, Line, Shape, chart
from statewright.analytics.exports.fonts import FONT, Fonts
from statewright.analytics.exports.formatting import text_of
from statewright.analytics.exports.tables import Column, Table
from statewright.analytics.exports.wrapping import lines_of

MAX_ROWS = 5_000
"""Rows of a table that are printed; whoever wants more takes another format."""
MAX_LINES = 3
"""Lines of a cell; a text that needs more ends with an ellipsis."""
_MAX_LETTERS = 500
"""Letters of a text that are looked at: more than fit into a title's or a cell's lines."""
_MARGIN = 40.0
_LINE = 13.0
_NEXT_LINE = 10.0
_PAGES = "{\u00a0}"
"""Stands for the number of pages; a space that no text has, as texts' spaces become plain ones."""


class _Document(FPDF):
    """Pages with their numbers."""

    def __init__(self, title: str):
        super().__init__(orientation="landscape", unit="pt", format="A4")
        self.letters = Fonts(self)
        self.set_title(title)
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(auto=False)
        self.alias_nb_pages(_PAGES)

    def footer(self) -> None:
        """The page's number among all pages."""
        self.set_y(-_MARGIN + 10)
        self.set_font(FONT, size=8)
        self.set_text_color(107, 114, 128)
        self.cell(0, 10, f"{self.page_no()} / {_PAGES}", align="C")


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
    document.set_font(FONT, size=size)
    lines = _lines(document, text, document.epw, MAX_LINES)
    _write(document, lines, document.epw, size * 1.3, size * 1.3, "L")
    document.set_xy(document.l_margin, document.get_y() + len(lines) * size * 1.3 + 4)


def _lines(document: _Document, text: str, width: float, most: int) -> list[str]:
    """A text as lines of what can be shown."""
    shown = document.letters.shown(text[:_MAX_LETTERS])
    with document.letters.ready_for(shown):
        return lines_of(shown, width - 2 * document.c_margin, document.get_string_width, most)


def _write(
    document: _Document, lines: Sequence[str], width: float, first: float, more: float, align: str
) -> None:
    """Writes lines below each other, from where the document is; it is there again afterwards."""
    left, top = document.get_x(), document.get_y()
    for number, line in enumerate(lines):
        with document.letters.ready_for(line):
            document.set_xy(left, top + number * more)
            document.cell(width, first, line, align=align)
    document.set_xy(left, top)


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
        document.set_font(FONT, size=8)
        _write(document, _lines(document, note, document.epw, 1), document.epw, _LINE, _LINE, "L")
        document.ln(_LINE)
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
                document.set_font(FONT, size=shape.size)
                document.set_text_color(shape.colour)
                _label(document, shape, left, top)
    document.set_y(top + height + 6)


def _label(document: _Document, shape: Label, left: float, top: float) -> None:
    text, margin = document.letters.shown(shape.text), document.c_margin
    with document.letters.ready_for(text):
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
        texts = [
            text_of(value, column, table.look, table.grain)  # type: ignore[arg-type]
            for value, column in zip(row, table.columns, strict=True)
        ]
        document.set_font(FONT, size=8)
        cells = _cells(document, table.columns, texts, widths)
        if _room(document, _height(cells)):
            _head(document, table, widths)
        document.set_text_color(31, 41, 55)
        document.set_fill_color(249, 250, 251)
        _row(document, table.columns, cells, widths, fill=number % 2 == 1)


def _head(document: _Document, table: Table, widths: Sequence[float]) -> None:
    document.set_font(FONT, size=8)
    labels = [column.label for column in table.columns]
    cells = _cells(document, table.columns, labels, widths)
    _room(document, _height(cells) + _LINE)
    document.set_font(FONT, size=8)  # anew: a new page's footer has its own
    document.set_text_color(255, 255, 255)
    document.set_fill_color(31, 41, 55)
    _row(document, table.columns, cells, widths, fill=True)


def _cells(
    document: _Document, columns: Sequence[Column], texts: Sequence[str], widths: Sequence[float]
) -> list[list[str]]:
    """The lines of each cell of a row: texts may have several, figures have one."""
    return [
        _lines(document, text, width, MAX_LINES if column.kind == "text" else 1)
        for column, text, width in zip(columns, texts, widths, strict=True)
    ]


def _height(cells: Sequence[Sequence[str]]) -> float:
    return _LINE + (max(map(len, cells), default=1) - 1) * _NEXT_LINE


def _row(
    document: _Document,
    columns: Sequence[Column],
    cells: Sequence[Sequence[str]],
    widths: Sequence[float],
    *,
    fill: bool,
) -> None:
    left, top, height = document.l_margin, document.get_y(), _height(cells)
    if fill:
        document.rect(left, top, document.epw, height, style="F")
    for lines, column, width in zip(cells, columns, widths, strict=True):
        document.set_xy(left, top)
        align = "L" if column.kind in {"text", "time"} else "R"
        _write(document, lines, width, _LINE, _NEXT_LINE, align)
        left += width
    document.set_xy(document.l_margin, top + height)


def _widths(document: _Document, table: Table) -> list[float]:
    weights = [{"text": 2.4, "time": 1.6}.get(column.kind, 1.0) for column in table.columns]
    return [document.epw * weight / sum(weights) for weight in weights]
