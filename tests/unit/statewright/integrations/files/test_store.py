"""Names of files: what is one, and that no name leads out of its workspace."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.errors import InvalidError
from statewright.integrations.files import keeping, store

WORKSPACE = "0190b0a0-0000-7000-8000-0000000000aa"


@pytest.mark.parametrize(
    "name",
    [
        "a.csv",
        "2026/März.xlsx",
        "a b/c (1).pdf",
        ".hidden",
        "...",
        "发票.pdf",
        "x" * 500,
        "a%2f..b",
    ],
)
def test_names(name: str) -> None:
    assert store.key_of(WORKSPACE, name) == f"files/{WORKSPACE}/{name}"


@pytest.mark.parametrize(
    "name",
    [
        *["", "/", "/etc/passwd", "..", "../x", "a/../b", "a/..", "./a", "a/./b", "a//b", "a/"],
        *["a\x00.csv", "a\nb", "a\\b", "a\u202egpj.exe", "a\u200b", "\ud800", "a\u2028b", "a\x9f"],
        *[" a", "a ", "b /c", "x" * 501, "发" * 301],
    ],
)
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(InvalidError) as caught:
        store.key_of(WORKSPACE, name)
    assert caught.value.issues[0].pointer == "/name"


@given(st.text(max_size=60))
def test_every_name_stays_in_its_workspace_and_keeps_its_parts(name: str) -> None:
    try:
        key = store.key_of(WORKSPACE, name)
    except InvalidError:
        return
    parts = key.split("/")
    assert parts[:2] == ["files", WORKSPACE]
    assert not {"", ".", ".."} & set(parts)


def test_what_starts_workflows_is_not_written_to() -> None:
    with pytest.raises(InvalidError, match="triggers"):
        keeping.writable_key(WORKSPACE, "uploads/x/y/z/a.csv")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.CSV", "text/csv"),
        ("a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.unknown", "application/octet-stream"),
        ("a", "application/octet-stream"),
        ("a.png", "image/png"),
    ],
)
def test_a_name_says_what_it_is(name: str, kind: str) -> None:
    assert keeping.type_of(name) == kind
