"""What the golden files do not show: names, keys, limits, stability."""

from __future__ import annotations

import json
from typing import Any

import pytest

from asl.definition import check_definition
from statewright.workflows.compiler import compile_definition
from statewright.workflows.parsing import parse_definition
from tests.support.definitions import execute, http, outcome, workflow

SET = {"id": "a", "set": 1}


def compiled(source: Any) -> dict[str, Any]:
    return compile_definition(parse_definition(source)).asl


def names_of(machine: Any) -> list[str]:
    found = list(machine["States"])
    for state in machine["States"].values():
        for inner in [*state.get("Branches", []), *filter(None, [state.get("ItemProcessor")])]:
            found += names_of(inner)
    return found


def test_state_names_are_unique_and_short_whatever_steps_are_called() -> None:
    long = "x" * 60
    steps = [
        {"id": "a", "name": "Start", "set": 1},
        {"id": "b", "name": "Done", "set": 1},
        {"id": "c", "name": long, "set": 1, "when": True},
        {"id": "d", "name": long, "set": 1, "when": True},
        {"id": "e", "name": f"{long[:-1]}?", "set": 1},
        {"name": "Same", "wait": {"for": "1s"}},
        {"name": "Same", "wait": {"for": "1s"}},
        {"id": "p", "name": long, "parallel": {"x" * 40: [SET | {"id": "q"}]}},
        {"id": "undo_it", "name": "Undo", **{k: v for k, v in http("u").items() if k != "id"}, "undo": {"use": "http.request", "with": {"url": "http://x"}}},
    ]  # fmt: skip
    source = workflow(*steps)
    text = compile_definition(parse_definition(source)).text()
    assert check_definition(text)[1] == []
    names = names_of(json.loads(text))
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 80
    assert {"Start", "Start (a)", "Done (b)", f"{long} (d)", "Same", "Same (2)", "Undo (undo_it)"} <= set(names)  # fmt: skip


def test_every_state_is_bound_to_its_step() -> None:
    steps = [
        {"try": {"steps": [http("a")], "finally": [{**SET, "id": "b"}]}, "when": "{% $vars.x %}"},
        {"id": "l", "for_each": [1], "as": "x", "steps": [http("c")], "tolerate": {"count": 1}},
    ]
    artefact = compile_definition(parse_definition(workflow(*steps)))
    bound = set(names_of(artefact.asl)) - {"Start", "Done"}
    assert bound <= artefact.bindings.keys()
    assert artefact.bindings["a"] == "/steps/0/try/steps/0"
    assert artefact.bindings["Try 1?"] == "/steps/0#when"
    assert artefact.bindings["l: each"] == "/steps/1#each"


def test_the_order_of_states_is_that_of_the_drawing() -> None:
    choose = {"choose": [{"when": "{% $vars.x %}", "steps": [http("one")]}, {"otherwise": [http("two")]}]}  # fmt: skip
    handled = http("three", on_error={"steps": [http("four")]})
    assert names_of(compiled(workflow(choose, handled, http("five")))) == [
        "Start", "Choose 1", "one", "two", "three", "four", "five", "Done",
    ]  # fmt: skip


def test_calls_in_loops_have_keys_of_their_own() -> None:
    inner = {"id": "r", "repeat": {"max": 2, "steps": [http("c")]}}
    source = workflow(
        {"id": "l", "for_each": [1, 2], "as": "x", "concurrency": 1, "steps": [inner]}
    )
    keys: list[str] = []
    artefact = compile_definition(parse_definition(source))
    machine, _ = check_definition(artefact.text())
    assert machine is not None
    from tests.support.engine import Run

    def answer(dispatch: Any) -> Any:
        keys.append(dispatch.parameters.value["Payload"]["key"].split("/", 1)[1])
        return {"Payload": None}

    Run(machine, {"trigger": {}, "vars": {}}, answer).to_end()
    assert keys == ["c/0.1", "c/0.2", "c/1.1", "c/1.2"]


@pytest.mark.parametrize("kind", ["succeeded", "failed"])
def test_a_stop_inside_anything_runs_every_finally_and_is_caught_by_nothing(kind: str) -> None:
    end = {"status": kind, **({"output": 7} if kind == "succeeded" else {"error": "Mine"})}
    stop: Any = {"stop": end}
    inner = {"try": {"steps": [stop], "catch": [{"steps": []}], "finally": [http("one")]}}
    loop = {"id": "l", "for_each": [1], "as": "x", "steps": [inner], "on_error": "continue", "retry": {"attempts": 2}}  # fmt: skip
    both = {"id": "p", "parallel": {"x": [loop]}}
    outer = {"try": {"steps": [both], "catch": [{"steps": [http("never")]}], "finally": [http("two")]}}  # fmt: skip
    done, script = execute(workflow(outer, http("after")))
    expected = {"status": "succeeded", "output": 7} if kind == "succeeded" else {"status": "failed", "error": "Mine"}  # fmt: skip
    assert outcome(done) == expected
    assert script.calls == ["one", "two"]


def test_an_error_in_finally_takes_the_place_of_the_first() -> None:
    broken = {"try": {"steps": [http("a")], "finally": [http("b")]}}
    outer = {"id": "t", "try": {"steps": [broken], "catch": [{"steps": [{"id": "e", "set": "{% $error.name %}"}]}]}}  # fmt: skip
    answers = {"a": {"error": "One"}, "b": {"error": "Two"}}
    done, _ = execute(workflow(outer, output="{% $e %}"), answers=answers)
    assert done.output == "Two"


def test_a_completion_is_forgotten_before_the_next_round() -> None:
    """The first round ends with an error that waits for `finally`; the second must not."""
    tried = {"try": {"steps": [http("a")], "finally": [http("b")]}, "on_error": "continue"}
    loop = {"id": "r", "repeat": {"max": 2, "steps": [tried, http("c")]}}
    done, script = execute(workflow(loop), answers={"a": [{"error": "X"}, {"status": 1}]})
    assert outcome(done)["status"] == "succeeded"
    assert script.calls == ["a", "b", "c", "a", "b", "c"]


def test_express() -> None:
    artefact = compile_definition(parse_definition(workflow(SET, settings={"mode": "express"})))
    assert artefact.kind == "EXPRESS"
    assert check_definition(artefact.text(), "EXPRESS")[1] == []


def test_same_definition_same_bytes() -> None:
    source = workflow(http("b", on_error={"steps": [SET]}), {"id": "c", "choose": [{"when": True, "steps": [{"id": n, "set": 1} for n in ("z", "y", "x")]}]})  # fmt: skip
    texts = {compile_definition(parse_definition(source)).text() for _ in range(3)}
    assert len(texts) == 1
