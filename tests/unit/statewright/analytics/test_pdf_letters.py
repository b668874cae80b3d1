"""Letters of all kinds in PDFs, as a reader sees them: on the page's picture, not in its data."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pylopdf_fonts_ko
import pylopdf_fonts_zh_cn
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageOps, ImageStat

from statewright.analytics.exports.fonts import REPLACEMENT
from statewright.analytics.exports.pdf import write_pdf
from statewright.analytics.exports.tables import Column, Table
from statewright.analytics.exports.wrapping import columns_of, lines_of, shortened

START = datetime(2026, 11, 1, tzinfo=UTC)
COLUMNS = (
    Column("name", "ワークフロー", "text"),
    Column("note", "Note", "text"),
    Column("count", "실행 횟수", "count"),
)
TITLE = (
    "第三四半期の業務プロセス自動化に関する詳細な分析レポート\uff08東京・大阪・名古屋・福岡・"
    "札幌\uff09、その結果についての説明。"
)
MIXED = "Bestellungen 東京支店 und 서울 지점, 北京分公司"
LONG = "処理済みの注文「すべての返品」と、その他の長い説明文がここに続きます。" * 8
ALIKE = "土士日曰未末人入犬太大天干千王玉"
"""Letters that differ by a stroke: who tells them apart, reads."""
_SCALE = 16


def written(tmp_path: Path, title: str, *rows: tuple[str, str, int]) -> pypdfium2.PdfDocument:
    file = tmp_path / "x.pdf"
    write_pdf([Table("T", COLUMNS, list(rows))], file, title, START)
    return pypdfium2.PdfDocument(file)


def words(page: pypdfium2.PdfPage) -> str:
    return " ".join(page.get_textpage().get_text_range().split())


def ink(image: Image.Image) -> Image.Image:
    """What is dark, cut out and in one size."""
    light = ImageOps.invert(image.convert("L"))
    edges = light.point(lambda value: 255 if value > 128 else 0).getbbox()
    return light.crop(edges).resize((40, 40), Image.Resampling.BOX)


def looks(page: pypdfium2.PdfPage, word: str) -> list[Image.Image]:
    """How each letter of a word looks on a page."""
    text = page.get_textpage()
    place = text.search(word).get_next()
    assert place is not None, f"{word} is not on the page"
    picture = page.render(scale=_SCALE).to_pil()
    boxes = [text.get_charbox(place[0] + n) for n in range(len(word))]
    top = page.get_height()
    edges = [(b[0], top - b[3], b[2], top - b[1]) for b in boxes]
    return [ink(picture.crop(tuple(round(e * _SCALE) for e in box))) for box in edges]


@cache
def drawn(letter: str) -> Image.Image:
    """A letter as FreeType draws it."""
    korean = unicodedata.name(letter).startswith("HANGUL")
    path = pylopdf_fonts_ko.sans_path() if korean else pylopdf_fonts_zh_cn.sans_path()
    image = Image.new("L", (400, 400), 255)
    ImageDraw.Draw(image).text((50, 30), letter, 0, ImageFont.truetype(path, 8 * _SCALE))
    return ink(image)


def read(look: Image.Image, candidates: str) -> str:
    """Which letter it is that looks so."""

    def difference(letter: str) -> float:
        return float(ImageStat.Stat(ImageChops.difference(look, drawn(letter))).sum[0])

    return min(candidates, key=difference)


def test_east_asian_words_are_read_from_the_page(tmp_path: Path) -> None:
    shown = ["四半期レポート", "注文処理", "业务流程", "북경서울지점", ALIKE]
    candidates = "".join(shown) + "書署者著東束車京亰サツシソンノポボ서셔시울율"
    with written(tmp_path, "T", *((word, MIXED, 1) for word in shown)) as document:
        for word in shown:
            seen = looks(document[0], word)
            assert "".join(read(look, candidates) for look in seen) == word


def test_latin_and_east_asian_letters_stand_in_one_cell_and_one_size(tmp_path: Path) -> None:
    with written(tmp_path, "Report 四半期 2026", ("x", MIXED, 3), ("東京", "y", 4)) as document:
        page = document[0]
        assert MIXED in words(page)
        assert "Report 四半期 2026" in words(page)
        text = page.get_textpage()
        places = [text.search(word).get_next()[0] for word in ("Bestellungen", "und")]
        tops = {round(text.get_charbox(place)[3], 1) for place in (places[0], places[1] + 2)}
        loose = [text.get_charbox(place, loose=True) for place in places]
        plain = text.get_charbox(text.search("y").get_next()[0], loose=True)
    assert max(tops) - min(tops) < 0.5, "B and d of one line end at one height"
    assert len({round(box[3] - box[1], 1) for box in [*loose, plain]}) == 1, "and have one size"


def test_long_titles_and_cells_go_on_on_further_lines(tmp_path: Path) -> None:
    with written(tmp_path, TITLE, (LONG, "short", 1), ("after", "x", 2)) as document:
        page = document[0]
        lines = page.get_textpage().get_text_range().splitlines()
        joined = "".join(lines)
    assert TITLE in joined, "nothing of the title is lost"
    assert TITLE not in lines
    cell = [line for line in lines if (line and line in LONG) or line.endswith("…")]
    assert len(cell) == 3, cell
    assert cell[-1].endswith("…")
    assert not any(line.startswith(tuple("、。」\uff09・ー")) for line in lines)
    assert not any(line.endswith(tuple("「\uff08")) for line in lines)


def test_what_no_font_has_shows_as_a_sign_and_is_never_lost(tmp_path: Path) -> None:
    shown = {
        "launch 🚀 now": f"launch {REPLACEMENT} now",
        "family 👨‍👩‍👧‍👦 and 👍🏽 end": f"family {REPLACEMENT} and {REPLACEMENT} end",
        "rare 𠀋 letter": f"rare {REPLACEMENT} letter",
        "heart ❤️ drawn": "heart ❤ drawn",
        "thai ก้ end": f"thai {REPLACEMENT} end",
        "bell\x07and\ud800": f"bell and{REPLACEMENT}",
        "한글 composed": "한글 composed",
        "cafe\u0301": "café",
    }
    rows = [(text, "x", n) for n, text in enumerate(shown)]
    with written(tmp_path, "T 🚀", *rows) as document:
        page = document[0]
        said = words(page)
        assert f"T {REPLACEMENT}" in said
        for text in shown.values():
            assert text in said
        sign = looks(page, REPLACEMENT)[0]
    assert sign.getextrema()[1] > 128, "the sign has ink"


@settings(max_examples=3)
@given(st.text(), st.lists(st.text(), max_size=40))
def test_any_text_can_be_written(title: str, cells: list[str]) -> None:
    table = Table("T", COLUMNS, [(cell, title, 1) for cell in cells], chart="pie")
    assert write_pdf([table], Path("/dev/null"), title, START) == len(cells)


@given(st.text(), st.integers(1, 30), st.integers(1, 4))
def test_lines_fit_and_lose_nothing_but_spaces(text: str, width: int, most: int) -> None:
    def width_of(line: str) -> float:
        return columns_of(line)

    lines = lines_of(text, max(2, width), width_of, most)
    assert 1 <= len(lines) <= most
    assert all(columns_of(line) <= max(2, width) for line in lines)
    whole = "".join("".join(lines).split())
    if len(lines) == most and whole.endswith("…") and not "".join(text.split()).endswith("…"):
        assert "".join(text.split()).startswith(whole[:-1])
    else:
        assert whole == "".join(text.split())


BROKEN = [
    ("hello wide world", 11, ["hello wide", "world"]),
    ("東京、大阪。", 5, ["東", "京、", "大", "阪。"]),
    ("「東京」と「大阪」", 12, ["「東京」と", "「大阪」"]),
    ("キャッシュカード", 6, ["キャッ", "シュ", "カード"]),
    ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
    ("東京abc", 5, ["東京", "abc"]),
    ("one-two", 5, ["one-", "two"]),
    ("", 5, [""]),
]


@pytest.mark.parametrize(("text", "width", "lines"), BROKEN)
def test_lines_end_where_a_script_allows_it(text: str, width: int, lines: list[str]) -> None:
    assert lines_of(text, width, columns_of, 9) == lines


@given(st.text(), st.integers(1, 20))
def test_shortened_texts_fit(text: str, columns: int) -> None:
    assert columns_of(shortened(text, columns)) <= columns
    assert columns_of(text) > columns or shortened(text, columns) == text


def test_a_title_that_looks_like_the_number_of_pages_stays(tmp_path: Path) -> None:
    document = written(tmp_path, "Figures of {nb} and {\u00a0}", ("a", "b", 1))
    assert "Figures of {nb} and { }" in words(document[0])
    assert "1 / 1" in words(document[0])
