"""Bodies of webhooks: read as they are, refused quickly where they are made to cost."""

from __future__ import annotations

import base64
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.errors import MalformedError
from statewright.workflows.webhook_bodies import read

FORM = "multipart/form-data; boundary=b"


def part(name: str, content: bytes, more: str = "") -> bytes:
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode() + content + b"\r\n"


@given(st.binary(max_size=200).filter(lambda content: b"--b" not in content))
def test_a_file_in_a_form_comes_byte_by_byte(content: bytes) -> None:
    raw = part("note", b"hello") + part("file", content, '; filename="a.bin"') + b"--b--\r\n"
    found = read(raw, FORM)
    assert found["note"] == "hello"
    assert base64.b64decode(found["file"]["base64"]) == content
    assert (found["file"]["name"], found["file"]["size"]) == ("a.bin", len(content))


def test_fields_of_one_name_are_a_list() -> None:
    assert read(part("a", b"1") + part("a", b"2") + b"--b--", FORM) == {"a": ["1", "2"]}


HOSTILE: dict[str, tuple[bytes, str]] = {
    "parts": (b"--b\r\n\r\n" * 140_000, FORM),
    "fields": (part("a", b"x") * 300 + b"--b--", FORM),
    "one long header": (b"--b\r\nX: " + b"a" * 900_000 + b"\r\n\r\nx\r\n--b--", FORM),
    "many headers": (b"--b\r\n" + b"X: a\r\n" * 150_000 + b"\r\nx\r\n--b--", FORM),
    "parameters": (part("a", b"x", "; a*0=b" * 120_000) + b"--b--", FORM),
    "forms in forms": (
        b"".join(
            b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (i, i + 1)
            for i in range(15_000)
        ),
        "multipart/form-data; boundary=b0",
    ),
    "no boundary": (b"x", "multipart/form-data"),
    "a quote": (b"x", 'multipart/form-data; boundary="'),
    "a deep comment": (b"x", "multipart/form-data; boundary=" + "(" * 20_000),
    "a deep comment of a text": (b"\xff", "text/plain; charset=" + "(" * 20_000),
    "no character set": (b"\xff", "text/plain; charset=\0"),
    "a codec that is none of text": (b"abc", "text/plain; charset=zlib"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_made_to_cost_is_refused_at_once(name: str) -> None:
    began = time.process_time()
    with pytest.raises(MalformedError):
        read(*HOSTILE[name])
    assert time.process_time() - began < 2.0, "of seconds to minutes that the parser would take"


@pytest.mark.parametrize(
    ("raw", "kind", "value"),
    [
        (b"caf\xe9", "text/plain; charset=latin-1", "caf\xe9"),
        (b"<a/>", "application/xml", "<a/>"),
        (b"<a/>", "image/svg+xml", "<a/>"),
        (b"plain", "", "plain"),
        (
            b"\xff",
            "application/pdf",
            {"content_type": "application/pdf", "size": 1, "base64": "/w=="},
        ),
    ],
)
def test_other_bodies(raw: bytes, kind: str, value: Any) -> None:
    assert read(raw, kind) == value
