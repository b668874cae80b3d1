"""Documents: YAML's core schema, archives, and what is neither."""

from __future__ import annotations

import gzip
import io
import zipfile
from typing import Any

import pytest

from statewright.integrations.openapi.documents import (
    DocumentError,
    from_disk,
    from_files,
    parse,
    unzip,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: on", {"a": "on"}),
        ("enum: [yes, no, on, off, y, n]", {"enum": ["yes", "no", "on", "off", "y", "n"]}),
        ("a: 2001-12-14", {"a": "2001-12-14"}),
        ("200: ok", {"200": "ok"}),
        ("true: 1", {"true": 1}),
        ("a: 0o17", {"a": 15}),
        ("a: 017", {"a": 17}),
        ("a: 0x1F", {"a": 31}),
        ("a: 12:30:45", {"a": "12:30:45"}),
        ("a: 1_000", {"a": "1_000"}),
        ("a: 1e3", {"a": 1000.0}),
        ("a: .inf", {"a": ".inf"}),
        ("a: ~", {"a": None}),
        ("b: &x {c: 1}\na: {<<: *x, d: 2}", {"b": {"c": 1}, "a": {"c": 1, "d": 2}}),
        ('{"a": [1, 2.5, null]}', {"a": [1, 2.5, None]}),
        ("{a: 1}", {"a": 1}),
        ("\ufeffa: 1", {"a": 1}),
    ],
)
def test_values(text: str, value: Any) -> None:
    assert parse(text.encode(), "x") == value


def test_packed_documents_are_unpacked() -> None:
    assert parse(gzip.compress(b"a: 1"), "x") == {"a": 1}


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a: [", b"!!python/object/apply:os.system [ls]", b"a: *b", b"\x1f\x8bjunk", b"[" * 100_000])  # fmt: skip
def test_what_is_no_document_is_refused(content: bytes) -> None:
    with pytest.raises(DocumentError, match="x "):
        parse(content, "x")


def test_archives_give_their_documents_and_nothing_else() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/openapi.yaml", "a: 1")
        archive.writestr("../../etc/passwd.yaml", "b: 2")
        archive.writestr("read.me", "no")
    files = unzip(packed.getvalue())
    assert files == {"a/openapi.yaml": b"a: 1", "../../etc/passwd.yaml": b"b: 2"}
    load = from_files(files)
    assert load("file:///a/openapi.yaml") == b"a: 1"
    for uri in ("file:///etc/passwd.yaml", "https://x/a/openapi.yaml", "file:///read.me"):
        with pytest.raises(DocumentError, match="not among"):
            load(uri)


def test_an_archive_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("statewright.integrations.openapi.documents.MOST_BYTES", 1_000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.yaml", "x" * 2_000)
    with pytest.raises(DocumentError, match="more than 1,000 bytes"):
        unzip(packed.getvalue())
    with pytest.raises(DocumentError, match="cannot be read"):
        unzip(b"PK\x03\x04junk")


def test_an_archive_whose_entry_is_damaged_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.yaml", "a: " + "x" * 200)
    damaged = bytearray(packed.getvalue())
    begins = 30 + len("a.yaml")  # behind the entry's header
    damaged[begins] = 0xFF
    with pytest.raises(DocumentError, match="cannot be read"):
        unzip(bytes(damaged))


@pytest.mark.parametrize("uri", ["file:///etc/passwd", "https://example.com/a.yaml", "file:///nowhere/x.yaml"])  # fmt: skip
def test_only_documents_of_this_machine_are_read_from_disk(uri: str) -> None:
    with pytest.raises(DocumentError):
        from_disk(uri)
