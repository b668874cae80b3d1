"""Histories shown on the definition: every step gets its status, output and error."""

from __future__ import annotations

from typing import Any

from asl.history import render
from statewright.workflows.compiler import compile_definition
from statewright.workflows.parsing import parse_definition
from statewright.workflows.step_view import step_runs
from tests.support.definitions import execute, http, workflow


def plain(details: dict[str, Any]) -> dict[str, Any]:
    return {name: getattr(value, "value", value) for name, value in details.items()}


def view(source: Any, **run: Any) -> dict[str, Any]:
    done, _ = execute(source, **run)
    definition = parse_definition(source).model_dump(by_alias=True, exclude_unset=True)
    bindings = compile_definition(parse_definition(source)).bindings
    events = [render((*entry[:4], plain(entry[4]))) for entry in done.entries]
    return {step.name: step for step in step_runs(definition, bindings, events)}


def test_a_try_is_what_its_steps_are() -> None:
    clause = {"steps": [{"id": "why", "set": "{% $error.name %}"}]}
    source = workflow(
        {"name": "Pay", "try": {"steps": [http("charge"), http("next")], "catch": [clause], "finally": [http("closed")]}},
        {"name": "Never", "when": False, "try": {"steps": [http("x")], "catch": [{"steps": []}]}},
    )  # fmt: skip
    failed = view(source, answers={"charge": {"error": "Http.Timeout", "cause": "late"}})
    assert {name: step.status for name, step in failed.items()} == {
        "Pay": "succeeded", "charge": "failed", "next": "not_reached", "why": "succeeded",
        "closed": "succeeded", "Never": "skipped", "x": "not_reached",
    }  # fmt: skip
    assert failed["charge"].error == "Http.Timeout: late"
    assert failed["why"].output == "Http.Timeout"
    assert view(source)["Pay"].status == "succeeded"


def test_values_that_are_computed_where_errors_are_caught_belong_to_their_step() -> None:
    source = workflow({"id": "v", "set": "{% $trigger.body + 1 %}", "on_error": "continue"})
    assert view(source, body=1)["v"].output == 2
    broken = view(source, body="x")["v"]
    assert (broken.status, broken.runs, broken.failures) == ("failed", 1, 1)


def test_loops_count_their_rounds_and_disabled_steps_are_skipped() -> None:
    loop = {"id": "r", "repeat": {"max": 3, "every": "5s", "steps": [http("page")]}, "output": "{% $page.status %}"}  # fmt: skip
    seen = view(workflow(loop, http("off", disabled=True)))
    assert (seen["page"].runs, seen["r"].runs, seen["r"].output) == (3, 1, 200)
    assert seen["off"].status == "skipped"


def test_what_is_undone_is_told() -> None:
    undo = {"undo": {"use": "http.request", "with": {"url": "http://x"}}}
    loop = {"id": "l", "for_each": [1, 2], "as": "n", "steps": [http("reserve", **undo)]}
    seen = view(workflow(loop, http("pay")), answers={"pay": {"error": "Poor"}})
    assert (seen["reserve"].runs, seen["reserve"].undone, seen["reserve"].status) == (2, 2, "succeeded")  # fmt: skip
    assert seen["pay"].status == "failed"
