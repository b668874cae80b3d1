"""Shapes of inputs: names and types without values, and what is unusual among them."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.ai.watching.shapes import MAX_PARTS, counted, shape_of, unusual

ORDER = {"id": 7, "customer": {"email": "a@b.example", "vip": None}, "lines": [{"sku": "x"}, {}]}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def test_a_shape_has_names_and_types_and_no_values() -> None:
    assert shape_of(ORDER) == {
        ("", "object"),
        ("/id", "number"),
        ("/customer", "object"),
        ("/customer/email", "string"),
        ("/customer/vip", "null"),
        ("/lines", "array"),
        ("/lines/*", "object"),
        ("/lines/*/sku", "string"),
    }


@pytest.mark.parametrize(
    "key", ["a@b.example", "8f14e45f-ceea-467f-a0e6", "2026-11-23", "+49 171", "x/y", "user12345"]
)
def test_keys_that_are_somebodys_or_somethings_are_not_kept(key: str) -> None:  # fmt: skip
    assert shape_of({key: 1, "name": 2}) == {("", "object"), ("/*", "number"), ("/name", "number")}


def test_objects_with_very_many_keys_are_maps() -> None:
    assert shape_of({f"k{chr(97 + n % 26) * (n // 26 + 1)}": 1 for n in range(100)}) == {
        ("", "object"),
        ("/*", "number"),
    }


@given(JSON)
def test_every_input_has_a_small_shape(value: Any) -> None:
    shape = shape_of(value)
    assert 1 <= len(shape) <= MAX_PARTS
    assert all(path.count("/") <= 6 for path, _ in shape)


def hour(*bodies: Any) -> Counter[tuple[str, str]]:
    return counted(map(shape_of, bodies))


USUAL = hour(*[{"total": 12.5, "customer": {"email": "x"}, "note": "n"}] * 90, *[{"total": 1, "customer": {"email": "y"}}] * 110)  # fmt: skip


def sentences(*bodies: Any) -> list[str]:
    return [one.sentence() for one in unusual(USUAL, hour(*bodies))]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"total": 3, "customer": {"email": "z"}, "note": "n"}, []),
        ({"total": "3", "customer": {"email": "z"}}, ["/total is of the type string in 100% of the inputs, where number is usual"]),
        ({"customer": {"email": "z"}}, ["/total (number) is in 0% of the inputs, usually in 100%"]),
        ({"total": 3, "customer": {"email": "z"}, "tax": 1}, ["/tax (number) is new: in 100% of the inputs"]),
        ({"total": 3, "customer": {"email": "z", "vip": True}}, ["/customer/vip (boolean) is new: in 100% of the inputs"]),
        ({"total": 3, "customer": None}, ["/customer is of the type null in 100% of the inputs, where object is usual"]),
        ({"total": 3}, ["/customer (object) is in 0% of the inputs, usually in 100%"]),
        ([{"total": 3}], ["the input is of the type array in 100% of the inputs, where object is usual"]),
    ],
)  # fmt: skip
def test_what_changes_is_told_once_and_at_its_root(body: Any, told: list[str]) -> None:
    assert sentences(*[body] * 12) == told


def test_one_odd_input_is_no_change_and_neither_are_the_first_ones() -> None:
    usual = {"total": 3, "customer": {"email": "z"}}
    assert sentences({**usual, "total": "3"}, *[usual] * 11) == []
    assert sentences({**usual, "tax": 3}) == []
    few = Counter({part: count / 10 for part, count in USUAL.items()})
    assert unusual(few, hour(*[{"total": "x"}] * 12)) == []


def test_a_share_that_is_clearly_larger_is_told_as_one() -> None:
    (one,) = unusual(hour(*[{"a": 1, "b": 1}] * 20, *[{"a": 1}] * 180), hour(*[{"a": 1, "b": 1}] * 30))  # fmt: skip
    assert one.sentence() == "/b (number) is in 100% of the inputs, usually in 10%"
    assert json.dumps(one.part) == '["/b", "number"]'
