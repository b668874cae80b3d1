"""JSON documents and JSON Lines as streams."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asl.errors import StateFailedError
from asl.map_runs.documents import NOT_ITERABLE, json_document, json_lines

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(blacklist_categories=["Cs"]), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab/~", max_size=2), inner),
    max_leaves=8,
)


def document(text: str, *pointer: str) -> list[Any]:
    return list(json_document(io.BytesIO(text.encode()), pointer))


@given(st.lists(JSON, max_size=4), st.integers(0, 3))
def test_an_array_gives_its_elements_wherever_it_is(items: list[Any], depth: int) -> None:
    value: Any = items
    for _ in range(depth):
        value = {"other": [1, {"x": 2}], "a/b": value}
    stream = io.BytesIO(json.dumps(value).encode())
    found = list(json_document(stream, ("a/b",) * depth if depth else None))
    assert found == [(None, item) for item in items]


def test_an_object_gives_its_members_where_it_is_pointed_at() -> None:
    assert document('{"o": {"b": 1, "a": [2]}}', "o") == [("b", 1), ("a", [2])]
    assert document('{"b": 1}') == [("b", 1)]
    assert document('[{"x": [1, 2]}]', "0", "x") == [(None, 1), (None, 2)]


@pytest.mark.parametrize("text", ['{"Hello": "world"}', "3", '"text"', "null"])
def test_what_is_no_array_is_not_iterable(text: str) -> None:
    with pytest.raises(StateFailedError) as failure:
        list(json_document(io.BytesIO(text.encode()), None))
    assert (failure.value.data.error, failure.value.data.cause) == (
        "States.ItemReaderFailed",
        NOT_ITERABLE,
    )


@pytest.mark.parametrize("pointer", [("x",), ("0",), ("a", "b")])
def test_a_place_that_is_not_there_is_not_iterable(pointer: tuple[str, ...]) -> None:
    with pytest.raises(StateFailedError, match="non-iterable"):
        document('{"a": 1}', *pointer)


@pytest.mark.parametrize("text", ["", "[1,", "[1,]", "nope", "[1] 2", "\ufeff"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(StateFailedError, match="could not be read"):
        list(json_document(io.BytesIO(text.encode()), None))


def test_a_byte_order_mark_and_blanks_are_skipped() -> None:
    assert list(json_document(io.BytesIO(b"\xef\xbb\xbf \n[1]"), None)) == [(None, 1)]


def test_lines() -> None:
    assert list(json_lines(io.BytesIO(b'{"a": 1}\n\n  \n2\r\n"x"'))) == [
        (None, {"a": 1}),
        (None, 2),
        (None, "x"),
    ]
    with pytest.raises(StateFailedError, match="line 2"):
        list(json_lines(io.BytesIO(b"1\n{\n")))
