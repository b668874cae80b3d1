"""Batches and their limits, and that any way of taking them gives the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asl.errors import ITEM_READER, StateFailedError
from asl.map_runs.core import take
from asl.map_runs.datasets import GivenItems, Item
from asl.map_runs.inputs import ChildInputs, as_it_is
from asl.map_runs.model import Inputs, MapRun
from asl.payload import LIMIT, Payload
from tests.unit.asl.map_runs.test_core import RUN


def run_over(items: Any, **more: Any) -> MapRun:
    return replace(RUN, inputs=Inputs(items=items, **more))


def all_of(run: MapRun, *sizes: int) -> list[Any]:
    """The inputs, taken a few at a time, each time from what is stored of the run."""
    found, index = [], 0
    while not run.exhausted:
        items = run.inputs.items
        assert items is not None
        inputs = ChildInputs(run, GivenItems(items, run.position), as_it_is)
        taken, after = inputs.take(sizes[index % len(sizes)] if sizes else 1000)
        assert sum(each.items for each in taken) == after.items
        found += [each.payload.value for each in taken]
        run, index = take(run, after), index + 1
    assert run.started == len(found)
    return found


def test_an_item_is_an_input() -> None:
    assert all_of(run_over([1, {"a": 2}])) == [1, {"a": 2}]
    assert all_of(run_over({"k": 1, "l": 2})) == [
        {"Key": "k", "Value": 1},
        {"Key": "l", "Value": 2},
    ]
    assert all_of(run_over([])) == []
    assert all_of(run_over([1, 2, 3], max_items=2)) == [1, 2]


def test_batches() -> None:
    batched = all_of(run_over([1, 2, 3], batch_items=2, batch_input={"x": 1}))
    assert batched == [
        {"BatchInput": {"x": 1}, "Items": [1, 2]},
        {"BatchInput": {"x": 1}, "Items": [3]},
    ]
    by_bytes = all_of(run_over(["a" * 10, "b" * 10, "c" * 10], batch_bytes=40))
    assert [len(batch["Items"]) for batch in by_bytes] == [2, 1]
    large = all_of(run_over(["a" * 100_000] * 5, batch_items=5))
    assert [len(batch["Items"]) for batch in large] == [2, 2, 1]


@given(
    st.lists(st.text(max_size=30), max_size=25),
    st.integers(0, 5),
    st.integers(0, 120),
    st.lists(st.integers(1, 4), min_size=1, max_size=4),
)
def test_however_they_are_taken_the_batches_are_the_same(
    items: list[str], most: int, size: int, sizes: list[int]
) -> None:
    run = run_over(items, batch_items=most, batch_bytes=size)
    found = all_of(run, *sizes)
    assert found == all_of(run)
    if most or size:
        assert [item for batch in found for item in batch["Items"]] == items
        for batch in found:
            assert not most or len(batch["Items"]) <= most
            too_large = size and len(Payload(batch).text) > size
            assert not too_large or len(batch["Items"]) == 1
    else:
        assert found == items


def test_an_input_that_is_too_large_fails_the_run_after_what_was_before() -> None:
    inputs = ChildInputs(run_over([1, "x" * LIMIT]), GivenItems([1, "x" * LIMIT], {}), as_it_is)
    taken, after = inputs.take(10)
    assert ([each.payload.value for each in taken], after.exhausted) == ([1], False)
    with pytest.raises(StateFailedError, match="maximum number of bytes"):
        inputs.take(10)


def test_a_selection_that_fails_is_raised_in_its_turn() -> None:
    def select(index: int, item: Item) -> Any:
        if index == 1:
            raise StateFailedError(ITEM_READER, "second")
        return item.value

    inputs = ChildInputs(run_over([1, 2, 3]), GivenItems([1, 2, 3], {}), select)
    assert len(inputs.take(10)[0]) == 1
    with pytest.raises(StateFailedError, match="second"):
        inputs.take(10)


def test_the_rest_is_what_was_not_taken() -> None:
    inputs = ChildInputs(run_over([1, 2, 3, 4]), GivenItems([1, 2, 3, 4], {}), as_it_is)
    inputs.take(1)
    assert [each.payload.value for each in inputs.rest()] == [2, 3, 4]
