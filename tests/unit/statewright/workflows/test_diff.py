"""Differences between definitions: every change is named once, and nothing else is."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.workflows.diff import compare
from statewright.workflows.parsing import parse_definition
from tests.support.definitions import workflow


def steps(*ids: str) -> list[Any]:
    return [{"id": step, "set": step} for step in ids]


BLOCKS = [
    {"id": "pick", "choose": [{"when": "{% $vars.a %}", "steps": steps("yes")}, {"otherwise": steps("no")}]},
    {"id": "each", "for_each": [1, 2], "as": "x", "steps": steps("inner"), "output": "{% $inner %}"},
    {"id": "both", "parallel": {"left": steps("l"), "right": steps("r")}},
    {"name": "Safe", "try": {"steps": steps("risky"), "catch": [{"steps": steps("caught")}]}},
    {"name": "Nap", "wait": {"for": "1s"}},
]  # fmt: skip


def lines(before: Any, after: Any) -> list[str]:
    return compare(before, after).text.splitlines()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (steps("a", "b"), steps("a"), ["- set b /steps/1"]),
        (steps("a"), steps("new", "a"), ["+ set new /steps/0"]),
        (
            steps("a", "b", "c", "d"),
            steps("d", "a", "b", "c"),
            ["> set d from /steps/3 to /steps/0"],
        ),
        (
            [{"id": "a", "set": {"x": 1, "y": 2}}],
            [{"id": "a", "set": {"x": True, "z": 3}}],
            ["~ set a /steps/0", "    /set/x: 1 → true", "    /set/y: - 2", "    /set/z: + 3"],
        ),
        (
            [*steps("a"), {"id": "p", "parallel": {"l": steps("b"), "r": steps("c")}}],
            [{"id": "p", "parallel": {"l": steps("b", "a"), "r": [{"id": "c", "set": 9}]}}],
            [
                "> set a from /steps/0 to /steps/0/parallel/l/1",
                "~ set c /steps/0/parallel/r/0",
                '    /set: "c" → 9',
            ],
        ),
        (
            [{"name": "Nap", "wait": {"for": "1s"}}],
            [{"name": "Nap", "wait": {"for": "2s"}}],
            ["~ wait /wait#1 (Nap) /steps/0", '    /wait/for: "1s" → "2s"'],
        ),
    ],
)
def test_each_change_is_one_line(before: Any, after: Any, expected: list[str]) -> None:
    assert lines(workflow(*before), workflow(*after)) == expected


def test_triggers_go_by_id_and_the_head_field_by_field() -> None:
    hook = {"id": "hook", "type": "webhook"}
    before = workflow(*steps("a"), triggers=[hook, {"id": "m", "type": "manual"}])
    after = workflow(
        *steps("a"), triggers=[{"id": "m", "type": "manual"}, {**hook, "method": "GET"}], output=1
    )
    assert lines(before, after) == ['~ /triggers/hook/method: + "GET"', "~ /output: + 1"]


def test_states_of_an_imported_machine_are_its_steps() -> None:
    machine = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Succeed"}}}  # fmt: skip
    changed = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
    assert lines({"name": "W", "asl": machine}, {"name": "W", "asl": changed}) == [
        "~ Pass /asl/A (A) /asl/States/A",
        '    /Next: - "B"',
        "    /End: + true",
        "- Succeed /asl/B (B) /asl/States/B",
    ]


@given(st.permutations(BLOCKS), st.permutations(BLOCKS))
def test_what_stays_is_not_named_and_moves_explain_every_order(old: Any, new: Any) -> None:
    before, after = workflow(*old), workflow(*new)
    parse_definition(before)
    assert compare(before, copy.deepcopy(before)).same
    found = compare(before, after)
    assert {step.change for step in found.steps} <= {"moved"}
    assert found.same == (old == new)
    moved = {step.after for step in found.steps}
    stayed = [step for i, step in enumerate(new) if f"/steps/{i}" not in moved]
    assert stayed == [step for step in old if step in stayed]
