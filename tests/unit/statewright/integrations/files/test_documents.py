"""Documents in a child process: what is read of honest ones, and what hostile ones come to."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from fpdf import FPDF
from PIL import Image

from statewright.integrations.files.documents import bounds, child, confined
from statewright.integrations.files.errors import FileInvalidError, FileTooLargeError

ENTITIES = '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx">]>'


def read(do: str, file: Path, **more: Any) -> list[dict[str, Any]]:
    return list(confined.pieces({"do": do, "file": str(file), **more}, 30))


@pytest.fixture
def book(tmp_path: Path) -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(["name", "n", "day"])
    sheet.append(["Ada", 1.5, datetime(2026, 1, 2)])
    sheet.append([])
    sheet.append(["Grace", True, datetime(2026, 1, 2, 3, 4)])
    made.create_sheet("Other").append(["x"])
    made.save(tmp_path / "book")
    return tmp_path / "book"


def test_sheets(book: Path) -> None:
    names, rows = read("rows", book)
    assert names == {"sheets": ["Sheet", "Other"]}
    assert rows["rows"] == [
        ["name", "n", "day"],
        ["Ada", 1.5, "2026-01-02"],
        ["Grace", True, "2026-01-02T03:04:00"],
    ]
    assert read("rows", book, sheet="Other")[1] == {"rows": [["x"]]}
    with pytest.raises(FileInvalidError, match="no sheet 'None'"):
        read("rows", book, sheet="None")


def test_pdf(tmp_path: Path) -> None:
    made = FPDF()
    made.set_font("helvetica", size=12)
    for page in (1, 2):
        made.add_page()
        made.cell(text=f"Invoice {page}", new_x="LMARGIN", new_y="NEXT")
        with made.table() as table:
            for cells in (("sku", "qty"), ("A-1", str(page))):
                row = table.row()
                for cell in cells:
                    row.cell(cell)
    made.output(str(tmp_path / "a.pdf"))
    total, first, second = read("pdf", tmp_path / "a.pdf", tables=True)
    assert total == {"pages": 2}
    assert first["text"].startswith("Invoice 1")
    assert second["tables"] == [[["sku", "qty"], ["A-1", "2"]]]
    assert [piece["page"] for piece in read("pdf", tmp_path / "a.pdf", first=2)[1:]] == [2]


def test_docx(tmp_path: Path) -> None:
    made = docx.Document()
    made.add_paragraph("Before")
    table = made.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "a", "b"
    made.add_paragraph("After")
    made.save(str(tmp_path / "a.docx"))
    assert read("docx", tmp_path / "a.docx") == [
        {"text": "Before\na\tb\nAfter", "tables": [[["a", "b"]]]}
    ]


@pytest.mark.parametrize(
    ("wanted", "size"),
    [
        ({"width": 50}, (50, 25)),
        ({"width": 50, "height": 50}, (50, 25)),
        ({"width": 50, "height": 50, "fit": "cover"}, (50, 50)),
        ({"width": 30, "height": 60, "fit": "stretch"}, (30, 60)),
        ({}, (200, 100)),
    ],
)
def test_images(tmp_path: Path, wanted: dict[str, Any], size: tuple[int, int]) -> None:
    Image.new("RGBA", (200, 100), "red").save(tmp_path / "a.png")
    to = str(tmp_path / "b.jpg")
    job = {**wanted, "to": to, "format": "jpeg", "written": 1_000_000}
    (facts,) = read("image", tmp_path / "a.png", **job)
    assert (facts["format"], facts["width"], facts["height"]) == ("jpeg", *size)
    with Image.open(to) as made:
        assert (made.format, made.size) == ("JPEG", size)


def test_a_photograph_is_turned_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(tmp_path / "a.jpg", exif=exif)
    to = str(tmp_path / "b.png")
    (facts,) = read("image", tmp_path / "a.jpg", to=to, format="png", written=1_000_000)
    assert (facts["width"], facts["height"]) == (20, 40)


def zipped(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def test_archives(tmp_path: Path) -> None:
    file = zipped(tmp_path / "a.zip", {"d/": b"", "d/a.txt": b"one", "ü.txt": b"two"})
    assert read("unzip", file, written=0) == [
        {"name": "d/a.txt", "size": 3},
        {"name": "ü.txt", "size": 3},
    ]
    (tmp_path / "into").mkdir()
    found = read("unzip", file, written=100, into=str(tmp_path / "into"))
    assert [Path(piece["path"]).read_bytes() for piece in found] == [b"one", b"two"]


# -- what is refused ----------------------------------------------------------------------------


def _link(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        entry = zipfile.ZipInfo("link")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")


def _office(part: str, xml: str) -> Callable[[Path], None]:
    return lambda path: void(zipped(path, {part: xml.encode()}))


def void(_: Any) -> None:
    return


def _encrypted(path: Path) -> None:
    zipped(path, {"a": b"x"})
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)


def _wide_png(path: Path) -> None:
    """A picture of 10 gigapixels, as its head says."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    )


def _broken_entry(path: Path) -> None:
    zipped(path, {"a": b"x" * 5000})
    content = bytearray(path.read_bytes())
    content[40] ^= 0xFF
    path.write_bytes(content)


HOSTILE: dict[str, tuple[str, Callable[[Path], None], str, str]] = {
    "a name that leads out": ("unzip", lambda p: void(zipped(p, {"../x": b"x"})), "invalid", "leads out"),
    "an absolute name": ("unzip", lambda p: void(zipped(p, {"/etc/x": b"x"})), "invalid", "leads out"),
    "a name with backslashes": ("unzip", lambda p: void(zipped(p, {"a\\..\\..\\x": b"x"})), "invalid", "leads out"),
    "a drive": ("unzip", lambda p: void(zipped(p, {"C:/x": b"x"})), "invalid", "leads out"),
    "a link": ("unzip", _link, "invalid", "is a link"),
    "a bomb": ("unzip", lambda p: void(zipped(p, {"a": bytes(30_000_000)})), "large", "200 times"),
    "very many entries": ("unzip", lambda p: void(zipped(p, {str(i): b"" for i in range(10_001)})), "large", "entries"),
    "an encrypted archive": ("unzip", _encrypted, "invalid", "encrypted"),
    "a broken entry": ("unzip", _broken_entry, "invalid", "broken"),
    "no archive": ("unzip", lambda p: void(p.write_bytes(b"PK no")), "invalid", "no ZIP"),
    "a spreadsheet with entities": ("rows", _office("xl/workbook.xml", ENTITIES + "<a>&x;</a>"), "invalid", "DTD"),
    "a hidden DTD": ("rows", _office("xl/workbook.xml", f"<!-- <a> -->{' ' * 9000}{ENTITIES}<a/>"), "invalid", "DTD"),
    "a document with entities": ("docx", _office("word/document.xml", ENTITIES + "<a/>"), "invalid", "DTD"),
    "a bomb as a spreadsheet": ("rows", lambda p: void(zipped(p, {"xl/workbook.xml": b"<a>" + bytes(30_000_000)})), "large", "200 times"),
    "no spreadsheet": ("rows", lambda p: void(zipped(p, {"a.txt": b"x"})), "invalid", "xl/workbook.xml"),
    "no PDF": ("pdf", lambda p: void(p.write_bytes(b"%PDF-1.7 nothing")), "invalid", "cannot be read"),
    "no picture": ("image", lambda p: void(p.write_bytes(b"GIF89a")), "invalid", "no image|cannot be read"),
    "PostScript": ("image", lambda p: void(p.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")), "invalid", "no image"),
    "ten gigapixels": ("image", _wide_png, "large", "pixels"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_refused(tmp_path: Path, what: str) -> None:
    do, make, kind, why = HOSTILE[what]
    make(tmp_path / "file")
    (tmp_path / "into").mkdir()
    job = {"file": str(tmp_path / "file")}
    if do == "unzip":
        job |= {"into": str(tmp_path / "into"), "written": 100_000_000}
    module = import_module(f"statewright.integrations.files.documents.{child.MODULES[do]}")
    *_, last = child.pieces(module.read(job), bounds.TooMuchError)
    assert last["failed"] == kind
    assert re.search(why, last["why"])
    assert sum(file.stat().st_size for file in (tmp_path / "into").iterdir()) <= 5000


def test_a_refusal_has_its_error(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK no")
    with pytest.raises(FileInvalidError, match="no ZIP archive"):
        read("unzip", tmp_path / "a.zip", written=0)


def test_a_child_that_takes_too_much_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, book: Path
) -> None:
    monkeypatch.setattr(confined, "MEMORY", 1)
    with pytest.raises(FileTooLargeError, match="memory"):
        read("rows", book)


def test_an_archive_declares_no_less_than_it_gives(tmp_path: Path) -> None:
    """zipfile gives no byte more than an entry declares, so that a sum of sizes is a bound."""
    file = zipped(tmp_path / "a.zip", {"a": b"x" * 1000})
    content = bytearray(file.read_bytes())
    at = content.rindex(b"PK\x01\x02") + 24
    content[at : at + 4] = struct.pack("<I", 10)
    file.write_bytes(content)
    with bounds.opened(str(file)) as archive, pytest.raises(zipfile.BadZipFile):
        archive.read("a")
