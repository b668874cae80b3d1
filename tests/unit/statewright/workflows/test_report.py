"""Figures of the report: exact where a workflow has one way to go, honest where it has not."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.workflows.compiler import compile_definition
from statewright.workflows.compiler.report import Report
from statewright.workflows.parsing import parse_definition
from tests.support.definitions import execute, http, workflow

A = {"id": "a", "set": 1}
CALL = http("call")
WAIT = {"wait": {"for": "1m"}}
RETRIED = http("tried", timeout="10s", retry={"attempts": 2, "interval": "5s", "backoff": 2})


def report_of(*steps: Any, **more: Any) -> Report:
    return compile_definition(parse_definition(workflow(*steps, **more))).report


ONE_WAY: dict[str, list[Any]] = {
    "steps in a row": [A, CALL, {"id": "b", "set": "{% $call.status %}"}],
    "branches": [{"id": "p", "parallel": {"l": [A, CALL], "r": [{"id": "c", "set": 2}, WAIT]}}],
    "a list that is written out": [
        {"id": "each", "for_each": [1, 2, 3], "as": "n", "steps": [http("one"), WAIT]}
    ],
    "a counted loop": [{"id": "r", "repeat": {"max": 4, "every": "1s", "steps": [CALL]}}],
    "a counted loop in a list": [
        {"id": "e", "for_each": ["x", "y"], "as": "n",
         "steps": [{"id": "r", "repeat": {"max": 3, "steps": [A, CALL]}}]}
    ],
}  # fmt: skip


@pytest.mark.parametrize("steps", ONE_WAY.values(), ids=ONE_WAY)
def test_one_way_is_predicted_exactly(steps: list[Any]) -> None:
    report = report_of(*steps)
    done, script = execute(workflow(*steps))
    entered = sum(kind.endswith("StateEntered") for kind in done.kinds())
    assert report.transitions == (entered, entered)
    assert report.invocations == (len(script.calls), len(script.calls))
    assert report.cost == (
        pytest.approx(0.025 * entered + 0.0002 * len(script.calls)),
        report.cost[0],
    )


BOTH: dict[str, tuple[list[Any], tuple[int, int | None]]] = {
    "a choice": (
        [{"choose": [{"when": "{% $vars.v %}", "steps": [A, CALL]}, {"otherwise": []}]}],
        (3, 5),
    ),
    "a guard": ([{**A, "when": "{% $vars.v %}"}], (3, 4)),
    "a list of the input": (
        [{"id": "e", "for_each": "{% $trigger.body %}", "as": "n", "steps": [A]}],
        (3, None),
    ),
    "a loop until": (
        [{"id": "r", "repeat": {"max": 3, "until": "{% $index = 1 %}", "steps": [A]}}],
        (5, 9),
    ),
}


@pytest.mark.parametrize(("steps", "transitions"), BOTH.values(), ids=BOTH)
def test_several_ways_have_bounds(steps: list[Any], transitions: tuple[int, int | None]) -> None:
    assert report_of(*steps).transitions == transitions


def test_retries_are_for_the_worst_case_only() -> None:
    report = report_of(RETRIED)
    assert (report.transitions, report.worst) == ((3, 3), 5)
    assert report.seconds == 3 * 10 + 5 + 10


def test_the_longest_time() -> None:
    assert report_of(WAIT, {"wait": {"for": "2h"}}).seconds == 7260
    assert report_of({"id": "p", "parallel": {"l": [WAIT], "r": [http("x")]}}).seconds == 900
    rounds = {"id": "e", "for_each": [1, 2, 3], "as": "n", "concurrency": 2, "steps": [WAIT]}
    assert report_of(rounds).seconds == 120
    assert report_of({"wait": {"until": "{% $vars.at %}"}}).seconds is None
    assert report_of({"wait": {"until": "{% $vars.at %}"}}, settings={"timeout": "1h"}).seconds == 3600  # fmt: skip


def test_what_express_would_cost_and_cannot_do() -> None:
    quick = [A, http("x", timeout="10s")]
    standard = report_of(*quick)
    express = report_of(*quick, settings={"mode": "express"})
    assert standard.express is None
    assert express.cost[1] is not None
    assert express.cost[1] < standard.cost[0]
    asking = {"id": "ask", "use": "human.approval", "with": {"assignees": ["a@b.c"], "title": "?"}}
    assert "waits for something outside" in str(report_of(asking).express)
    assert "five minutes" in str(report_of({"wait": {"for": "6m"}}).express)
