"""Parts of definitions: cut off behind a step, or one step with values before it."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.errors import InvalidError
from statewright.workflows.cutting import alone, up_to, with_pins
from statewright.workflows.parsing import parse_definition
from statewright.workflows.plain_steps import walk
from tests.support.definitions import execute, outcome, workflow


def step(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "set": name, **more}


NESTED = workflow(
    step("a"),
    {"id": "each", "for_each": [1, 2], "as": "x", "output": "{% $c %}", "steps": [
        {"id": "pick", "choose": [{"when": "{% $x = 1 %}", "steps": [step("b"), step("b2")]}, {"otherwise": [step("o")]}]},
        step("c"),
    ]},
    {"try": {"steps": [step("t"), step("t2")], "catch": [{"steps": [step("caught")]}], "finally": [step("last")]}},
    step("d"),
    output="{% $d %}",
)  # fmt: skip


@pytest.mark.parametrize(
    ("until", "left"),
    [("a", {"a"}), ("b", {"a", "each", "pick", "b", "o"}), ("t", {"a", "each", "pick", "b", "b2", "o", "c", "t", "caught"})],
)  # fmt: skip
def test_what_comes_behind_is_cut_off_and_the_rest_runs(until: str, left: set[str]) -> None:
    cut = up_to(NESTED, until)
    ids = {found["id"] for _, found in walk(cut["steps"]) if "id" in found}
    assert ids == left
    run, _ = execute(cut)
    assert outcome(run)["status"] == "succeeded"
    assert "output" in NESTED, "the definition itself stays"


@pytest.mark.parametrize("value", ["{% $uuid() %}", 'say "{% x %}" \\ {%', {"a": ["{% 1 %}", 2]}, None, 5, "plain"])  # fmt: skip
def test_values_stay_what_they_are(value: Any) -> None:
    definition = workflow(step("a"), {"id": "b", "set": "{% $a %}"})
    part = alone(definition, "b", {"a": value})
    run, _ = execute({**part, "output": "{% $b %}"})
    assert run.output == value


def test_pins_stand_in() -> None:
    call = {"id": "call", "use": "http.request", "with": {"url": "http://x"}}
    pinned = with_pins(workflow(call, output="{% $call.body %}"), {"call": {"body": 5}})
    run, script = execute(pinned, pinned=True)
    assert (run.output, script.calls) == (5, [])
    parse_definition(pinned)


@pytest.mark.parametrize("part", [lambda d: up_to(d, "eech"), lambda d: alone(d, "eech", {}), lambda d: with_pins(d, {"eech": 1})])  # fmt: skip
def test_steps_that_are_not_there_are_refused_with_a_suggestion(part: Any) -> None:
    with pytest.raises(InvalidError) as refused:
        part(NESTED)
    assert refused.value.issues[0].suggestion == "did you mean `each`?"
