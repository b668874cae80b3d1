"""Files of figures: read back by other programs than those that wrote them."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.analytics.exports import charts
from statewright.analytics.exports.excel import write_xlsx
from statewright.analytics.exports.formatting import text_of
from statewright.analytics.exports.pdf import write_pdf
from statewright.analytics.exports.tables import Column, Look, Table, Value
from statewright.analytics.exports.text_files import safe, write_csv, write_jsonl

START = datetime(2025, 3, 29, 23, tzinfo=UTC)
COLUMNS = (
    Column("day", "Day", "time"),
    Column("workflow", "Workflow", "text"),
    Column("count", "Executions", "count"),
    Column("success_rate", "Success rate", "ratio"),
    Column("duration_p95", "Duration, 95 %", "milliseconds"),
)
HOSTILE = ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "=cmd|' /C calc'!A0",
           'a "quoted", one', "line\nbreak", "Zoë Ünal Ελλάδα Привет", ""]  # fmt: skip


def rows(count: int) -> Iterator[tuple[Value, ...]]:
    for n in range(count):
        yield (
            START + timedelta(days=n),
            f"Wörkflow {n % 3}",
            10 * n,
            n / max(1, count),
            1000.5 * n,
        )


def table(count: int = 10, chart: str = "line", locale: str = "de") -> Table:
    look = Look(locale, "Europe/Berlin", "EUR")
    return Table(
        "Bericht für Zürich — Ελλάδα", COLUMNS, list(rows(count)), look, ("A note.",), chart, "day"
    )


def quiet(count: int) -> None:
    """Nobody watches."""


def test_csv_keeps_values_and_gives_no_formulas() -> None:
    names = Table(
        "T", (Column("a", "=1+1", "text"), Column("n", "N", "count")), [(t, -5.5) for t in HOSTILE]
    )
    out = io.StringIO()
    assert write_csv(names, out, quiet) == len(HOSTILE)
    read = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert read[0] == ["'=1+1", "N"]
    for text, (cell, number) in zip(HOSTILE, read[1:], strict=True):
        assert cell.removeprefix("'") == text
        assert not cell.lstrip().startswith(("=", "+", "-", "@"))
        assert number == "-5.5"  # a number is a number, however it begins


@given(st.text())
def test_no_text_begins_a_formula(text: str) -> None:
    assert not safe(text).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert safe(text).removeprefix("'") == text.removeprefix("'") or safe(text) == text


def test_times_are_local_with_their_offset() -> None:
    out = io.StringIO()
    write_csv(table(2), out, quiet)
    assert out.getvalue().splitlines()[1].startswith("2025-03-30T00:00:00+01:00")
    assert out.getvalue().splitlines()[2].startswith("2025-03-31T01:00:00+02:00")


def test_json_lines_are_objects() -> None:
    out = io.StringIO()
    write_jsonl(table(3), out, quiet)
    read = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [one["count"] for one in read] == [0, 10, 20]
    assert read[0]["workflow"] == "Wörkflow 0"


def test_a_million_rows_stream_in_bounded_memory(tmp_path: Path) -> None:
    seen: list[int] = []
    tracemalloc.start()
    try:
        with (tmp_path / "big.csv").open("w", newline="") as target:
            columns = (Column("n", "N", "count"), Column("name", "Name", "text"))
            stream = ((n, "some text") for n in range(1_000_000))
            assert write_csv(Table("T", columns, stream), target, seen.append) == 1_000_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000
    assert (seen[-1], len(seen)) == (1_000_000, 200)
    assert sum(1 for _ in (tmp_path / "big.csv").open()) == 1_000_001


def test_excel_has_types_a_chart_and_no_formulas(tmp_path: Path) -> None:
    file = tmp_path / "report.xlsx"
    hostile = [(START, text, 5, 0.25, None) for text in HOSTILE if text]
    write_xlsx(Table("T", COLUMNS, hostile, Look(), chart="bar"), file, quiet)
    with zipfile.ZipFile(file) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        chart = book.read("xl/charts/chart1.xml").decode()
        styles = book.read("xl/styles.xml").decode()
    space = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    assert sheet.findall(".//x:f", space) == []
    cells = sheet.findall(".//x:sheetData/x:row", space)[1].findall("x:c", space)
    assert [cell.get("t") for cell in cells] == [None, "inlineStr", None, None]
    assert float(cells[0].findtext("x:v", "", space)) == pytest.approx(45745 + 23 / 24)
    assert "0.0%" in styles
    assert "<c:barChart>" in chart
    assert "Data!$C$2:$C$" in chart


def test_pdf_is_readable_has_charts_and_page_numbers(tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    assert write_pdf([table(200)], file, "Bericht für Zürich — Ελλάδα Привет", START) == 200
    with pypdfium2.PdfDocument(file) as document:
        count = len(document)
        texts = [" ".join(page.get_textpage().get_text_range().split()) for page in document]
        first = document[0].render(scale=1).to_pil().convert("RGB")
        kinds = {found.type for found in document[0].get_objects()}
    assert count > 3
    assert "Bericht für Zürich — Ελλάδα Привет" in texts[0]
    assert all(f"{number} / {count}" in text for number, text in enumerate(texts, 1))
    assert all("Success rate" in text for text in texts)  # the head is on every page
    assert "Wörkflow 0" in texts[0]
    assert "30.03.2025" in texts[0]
    assert "A note." in texts[-1]
    assert 2 in kinds  # paths: the chart is drawn in vectors
    assert 3 not in kinds  # and is no image
    # What a reader sees: the line of the first series, in its colour, above the table.
    blue = [
        (x, y)
        for x in range(first.width)
        for y in range(60, 290)
        if _near(first.getpixel((x, y)), (37, 99, 235))
    ]
    assert max(x for x, _ in blue) - min(x for x, _ in blue) > first.width / 2


def _near(pixel: tuple[int, int, int], colour: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(pixel, colour, strict=True))


def ink_runs(image: Any) -> int:
    """How many stretches of columns have something dark in them."""
    dark = [
        image.crop((x, 0, x + 1, image.height)).getextrema()[0] < 128 for x in range(image.width)
    ]
    return sum(now and not before for before, now in pairwise([False, *dark]))


def test_arabic_and_hebrew_are_joined_and_run_from_right_to_left(tmp_path: Path) -> None:
    file, words = tmp_path / "x.pdf", ["سلسل", "مرحبا بالعالم", "שלום עולם"]
    columns = (Column("n", "الاسم", "text"), Column("c", "Count", "count"))
    shown = Table("T", columns, [(word, 5) for word in words], chart="bar")
    write_pdf([shown], file, "تقرير شهري", START)
    with pypdfium2.PdfDocument(file) as document:
        text = document[0].get_textpage()
        said = text.get_text_bounded()
        for word in ["تقرير شهري", *words[1:]]:
            assert word in said
            assert word[::-1] not in said
        place = text.search("سلسل").get_next()
        assert place is not None
        left, bottom, right, top = text.get_rect(text.count_rects(*place) - 1)
        scale, height = 8, document[0].get_height()
        box = (left - 2, height - top - 2, right + 2, height - bottom + 2)
        image = document[0].render(scale=scale).to_pil().convert("L")
    word = image.crop(tuple(round(edge * scale) for edge in box))
    assert ink_runs(word) == 1, "its four letters are one line of ink"


def test_every_chart_of_any_size_can_be_drawn(tmp_path: Path) -> None:
    kinds = ["line", "area", "bar", "pie", "table", "number"]
    drawn = [table(count, chart) for chart in kinds for count in (0, 1, 5)]
    assert write_pdf(drawn, tmp_path / "x.pdf", "T", START) == 36


def test_pdf_bounds_rows_and_takes_hostile_texts(tmp_path: Path) -> None:
    file = tmp_path / "x.pdf"
    names = [(START, text * 50, 1, 0.5, 2.0) for text in [*HOSTILE, "\0\x1b[31m", "日本"]]
    write_pdf([Table("a\nb", COLUMNS, names), table(3)], file, "line\nbreak", START)
    with pypdfium2.PdfDocument(file) as document:
        assert "line break" in document[0].get_textpage().get_text_range()


@given(st.floats(min_value=0, max_value=1e15))
def test_axes_have_few_round_ticks_up_to_the_top(top: float) -> None:
    marks = charts.ticks(top)
    assert 2 <= len(marks) <= 6
    assert marks[0] == 0
    assert marks[-1] >= top * 0.999
    assert marks[-1] <= max(1, top * 3)


FIGURES = [
    (1234567.0, "count", "de", "1.234.567"),
    (0.256, "ratio", "en", "25.6 %"),
    (1234.5, "money", "fr", "1\u202f234,50\xa0€"),
    (90_000.0, "milliseconds", "en", "1.5 min"),
    (7_200_000.0, "milliseconds", "de", "2 h"),
    (0.000025, "usd", "en", "$0.000025"),
    (None, "count", "en", "-"),
    (3.0, "count", "no-such-locale", "3"),
]


@pytest.mark.parametrize(("value", "kind", "locale", "text"), FIGURES)
def test_figures_are_written_as_a_locale_does(
    value: float | None, kind: str, locale: str, text: str
) -> None:
    column = Column("x", "X", kind)  # type: ignore[arg-type]
    assert text_of(value, column, Look(locale, "UTC", "EUR")) == text
