"""Texts are read as the standard library reads them, whatever they hold."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.json_text import read

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False)
    | st.text(st.characters()),  # halves of surrogate pairs, too
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES, st.booleans())
def test_what_the_library_reads_is_read(value: object, plain: bool) -> None:
    text = json.dumps(value, ensure_ascii=not plain)
    assert read(text) == json.loads(text)


def test_the_rarest_texts_are_read_and_what_is_none_is_refused() -> None:
    assert read('{"a": 1, "a": 2}') == {"a": 2}
    assert math.isnan(read("NaN"))
    assert read("-Infinity") == -math.inf
    assert read('"\\ud800"') == "\ud800"
    assert read("[" * 400 + "]" * 400) == json.loads("[" * 400 + "]" * 400)
    for text in ("", "{", "nul", "[1,]", "{'a': 1}", "01", '"\t"', "1 2"):
        with pytest.raises(ValueError, match=r"line \d+ column"):
            read(text)
