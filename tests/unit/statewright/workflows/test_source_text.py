"""Definitions as text: comments stay, and what is written reads back as the same values."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.workflows.parsing import read_yaml
from statewright.workflows.source_text import renamed, write_yaml
from tests.support.server import ROOT

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=30)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(VALUES)
def test_what_is_written_reads_back(value: Any) -> None:
    assert read_yaml(write_yaml({"value": value})) == {"value": value}


@pytest.mark.parametrize(
    "text", ["on", "yes", "2024-01-01", "1_000", "0o7", "0x1f", "1:30", "~", "=", "<<", "1e3", "-"]
)
def test_what_looks_like_something_else_stays_text(text: str) -> None:
    assert read_yaml(write_yaml({"a": text, text: 1})) == {"a": text, text: 1}


@pytest.mark.parametrize(
    "source",
    [
        "# ünï - first 🎉\nname: Old  # why\nsteps: [{id: a, set: 1}]\n",
        "steps: [{id: a, set: 1}]\nname: 'Old'\n",
        "name: |\n  Old\nsteps: []\n",
        "{name: Old, steps: []}",
    ],
)
def test_a_copy_has_another_name_and_the_same_comments(source: str) -> None:
    changed = renamed(source, 'New: "🎈" # x')
    assert changed is not None
    assert read_yaml(changed) == {**read_yaml(source), "name": 'New: "🎈" # x'}
    assert [line.partition("#")[2] for line in source.splitlines() if "#" in line][:1] == [
        line.partition("#")[2] for line in changed.splitlines() if line.startswith("#")
    ][:1] or "#" not in source


def test_every_example_can_be_renamed() -> None:
    for file in (ROOT / "examples").glob("*.yaml"):
        changed = renamed(file.read_text(), "Another")
        assert changed is not None
        assert read_yaml(changed) == {**read_yaml(file.read_text()), "name": "Another"}
