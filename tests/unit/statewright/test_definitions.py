"""Definitions: read, refused with a pointer, checked, compiled."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asl.definition import check_definition
from statewright.errors import InvalidError, MalformedError, StatewrightError, TooLargeError
from statewright.workflows.compiler import check, compile_definition
from statewright.workflows.definition import seconds
from statewright.workflows.expressions import to_asl, variables
from statewright.workflows.parsing import parse_definition, read_yaml
from tests.support.engine import Run, machine_of
from tests.support.server import ROOT

GOLDEN = Path(__file__).parent / "golden"
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))


def workflow(*steps: Any, **more: Any) -> dict[str, Any]:
    return {"name": "W", "steps": list(steps), **more}


def issues_of(source: Any) -> dict[str, str]:
    try:
        found = check(parse_definition(source))
    except InvalidError as error:
        found = list(error.issues)
    return {issue.pointer: f"{issue.detail} {issue.suggestion or ''}".strip() for issue in found}


SET = {"id": "a", "set": 1}
USE = {"id": "u", "use": "http.request", "with": {"url": "http://x"}}


@pytest.mark.parametrize(
    ("source", "pointer"),
    [
        ([], "/"),
        ({"steps": [SET]}, "/name"),
        (workflow(), "/steps"),
        (workflow(SET, surprise=1), "/surprise"),
        (workflow({"id": "a"}), "/steps/0"),
        (workflow({"id": "a", "set": 1, "use": "x"}), "/steps/0"),
        (workflow({"id": "A", "set": 1}), "/steps/0/id"),
        (workflow({"id": "trigger", "set": 1}), "/steps/0/id"),
        (workflow({"set": 1}), "/steps/0/id"),
        (workflow({**USE, "retry": {"attempts": 0}}), "/steps/0/retry/attempts"),
        (workflow({**USE, "timeout": "soon"}), "/steps/0/timeout"),
        (workflow({"wait": {"for": "1d", "until": "x"}}), "/steps/0/wait"),
        (workflow({"choose": [{"otherwise": [SET]}]}), "/steps/0"),
        (workflow({"stop": {"status": "failed", "output": 1}}), "/steps/0/stop"),
        (workflow({"id": "r", "repeat": {}}), "/steps/0"),
        (workflow(SET, triggers=[{"id": "x", "type": "magic"}]), "/triggers/0"),
        (workflow(SET, triggers=[{"id": "x", "type": "webhook"}] * 2), "/triggers"),
    ],
)
def test_what_does_not_parse_is_refused_with_a_pointer(source: Any, pointer: str) -> None:
    assert pointer in issues_of(source)


def test_kinds_that_come_later_are_refused_by_name() -> None:
    assert "'try' are not supported yet" in issues_of(workflow({"try": []}))["/steps/0"]


@pytest.mark.parametrize(
    ("steps", "pointer", "words"),
    [
        ([{"id": "b", "set": "{% $nothing %}"}], "/steps/0/set", "nothing here is called $nothing"),
        ([SET, {"id": "b", "set": "{% $b %}"}], "/steps/1/set", "nothing here is called $b"),
        ([{"id": "total", "set": 1}, {"id": "b", "set": "x {% $totl %}"}], "/steps/1/set", "did you mean $total?"),
        ([{"id": "b", "set": "{% 1 + %}"}], "/steps/0/set", "is not valid JSONata"),
        ([SET, SET], "/steps/1/id", "is taken by /steps/0"),
        ([{**USE, "use": "http.reqest"}], "/steps/0/use", "there is no action 'http.reqest' http.request"),
        ([{**USE, "with": {"url": "http://x", "metod": "GET"}}], "/steps/0/with/metod", "method"),
        ([{**USE, "with": {}}], "/steps/0/with/url", "is required"),
        ([{**USE, "with": {"url": "http://x", "method": "FETCH"}}], "/steps/0/with/method", "FETCH"),
        ([{"stop": {"status": "failed"}}, SET], "/steps/1", "never reached"),
        ([{"id": "l", "for_each": "many", "as": "x", "steps": [SET]}], "/steps/0/for_each", "must be a list"),
        ([{"id": "l", "for_each": [1], "as": "x", "steps": [SET]}, {"id": "b", "set": "{% $a %}"}], "/steps/1/set", "nothing here is called $a"),
        ([{"id": "l", "for_each": [1], "as": "x", "steps": [{"stop": {"status": "succeeded"}}]}], "/steps/0/steps/0/stop", "not supported yet"),
        ([{"id": "Start".lower(), "name": "Start", "set": 1}], "/steps/0", "the name 'Start' is used"),
    ],
)  # fmt: skip
def test_checks(steps: list[Any], pointer: str, words: str) -> None:
    found = issues_of(workflow(*steps))
    assert words in found[pointer]


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_examples_have_no_findings_and_compile_to_valid_asl(file: Path) -> None:
    definition = parse_definition(read_yaml(file.read_text()))
    assert check(definition) == []
    text = compile_definition(definition).text()
    assert check_definition(text)[1] == []
    assert text == compile_definition(definition).text()


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_golden(file: Path) -> None:
    """Compilation stays the same to the byte; `UPDATE_GOLDEN` is not a switch: delete and rerun."""
    golden = GOLDEN / f"{file.stem}.asl.json"
    text = compile_definition(parse_definition(read_yaml(file.read_text()))).text() + "\n"
    if not golden.exists():
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text)
        pytest.fail(f"{golden.name} was missing; look at it and commit it")
    assert text == golden.read_text()


def test_misspelt_names_in_the_examples_are_always_found() -> None:
    """A seeded mutation: one letter of one variable in one expression is dropped."""
    random_source = random.Random(20261123)
    texts = {file.stem: file.read_text() for file in EXAMPLES}
    import re

    checked = 0
    for _ in range(200):
        stem = random_source.choice(sorted(texts))
        places = [
            m
            for m in re.finditer(r"\$([a-z_]{4,})(?![a-z_(])", texts[stem])
            if m[1] not in {"count", "boolean"}
        ]
        place = random_source.choice(places)
        letter = random_source.randrange(place.start() + 2, place.end())
        mutant = texts[stem][:letter] + texts[stem][letter + 1 :]
        assert issues_of(read_yaml(mutant)), mutant[place.start() - 20 : place.end() + 20]
        checked += 1
    assert checked == 200


def test_two_findings_at_once_with_the_first_in_the_message() -> None:
    source = workflow({"id": "a", "set": "{% $x %}"}, {"id": "b", "set": "{% $y %}"})
    with pytest.raises(InvalidError, match=r"^/steps/0/set: .* \(and 1 more\)$") as refused:
        compile_definition(parse_definition(source))
    assert len(refused.value.issues) == 2


def outcome(*steps: Any, body: Any = None, **more: Any) -> Run:
    compiled = compile_definition(parse_definition(workflow(*steps, **more)))
    machine = machine_of(compiled.asl["States"], "Start")
    trigger = {"type": "manual", "body": body}
    return Run(
        machine, {"trigger": trigger, "vars": {"v": 1}}, lambda d: {"Payload": {"n": 7}}
    ).to_end()


def test_a_value_keeps_its_type_and_mixed_text_is_joined() -> None:
    done = outcome(
        {"id": "a", "set": {"n": "{% $trigger.body %}", "t": "n is {% $trigger.body %}, it's {% $vars.v %}"}},
        body=[1, 2],
        output="{% $a %}",
    )  # fmt: skip
    assert done.output == {"n": [1, 2], "t": "n is [1,2], it's 1"}


def test_guards_and_untaken_branches_leave_null() -> None:
    done = outcome(
        {"id": "a", "when": "{% $trigger.body = 1 %}", "set": "ran"},
        {
            "choose": [
                {"when": False, "steps": [{"id": "b", "set": 1}]},
                {"otherwise": [{"id": "c", "set": 2}]},
            ]
        },
        body=2,
        output={"a": "{% $a %}", "b": "{% $b %}", "c": "{% $c %}"},
    )
    assert done.output == {"a": None, "b": None, "c": 2}


def test_nested_loops_have_their_own_index() -> None:
    inner = {
        "id": "cells",
        "for_each": "{% $row %}",
        "as": "cell",
        "steps": [{"id": "v", "set": "{% $cell * 10 + $index %}"}],
    }
    done = outcome(
        {"id": "rows", "for_each": "{% $trigger.body %}", "as": "row", "steps": [inner], "output": {"i": "{% $index %}", "c": "{% $cells %}"}},
        body=[[1, 2], [3]],
        output="{% $rows %}",
    )  # fmt: skip
    assert done.output == [{"i": 0, "c": [10, 21]}, {"i": 1, "c": [30]}]


def test_parallel_joins_by_name_and_output_sees_the_result() -> None:
    branches = {"x": [{"id": "a", "set": 1}], "y": [{"id": "b", "set": 2}]}
    done = outcome(
        {"id": "p", "parallel": branches, "output": "{% $result.x + $result.y %}"},
        output="{% $p %}",
    )
    assert done.output == 3


def test_use_sees_the_payload_and_retry_is_compiled() -> None:
    step = {**USE, "retry": {"attempts": 2, "interval": "5s", "jitter": True, "max_interval": "1m"}}
    assert outcome({**step, "output": "{% $result.n + 1 %}"}, output="{% $u %}").output == 8
    task = compile_definition(parse_definition(workflow(step))).asl["States"]["u"]
    assert task["Retry"] == [
        {
            "ErrorEquals": ["States.ALL"],
            "IntervalSeconds": 5,
            "MaxAttempts": 2,
            "BackoffRate": 2.0,
            "MaxDelaySeconds": 60,
            "JitterStrategy": "FULL",
        }
    ]


def test_stop_ends_the_workflow_from_inside_a_loop() -> None:
    stop = {
        "when": "{% $x = 2 %}",
        "stop": {"status": "failed", "error": "Two", "cause": "at {% $index %}"},
    }
    done = outcome(
        {"id": "l", "for_each": [1, 2, 3], "as": "x", "steps": [stop, {"id": "y", "set": 1}]}
    )
    assert done.execution.failure is not None
    assert (done.execution.failure.error, done.execution.failure.cause) == ("Two", "at 1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1s", 1), ("90m", 5400), ("2h", 7200), ("3d", 259_200), ("1w", 604_800)],
)
def test_durations(text: str, expected: int) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "5", "0s", "-1s", "1.5h", "1y", "54w", "\uff19s"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a duration|must be between"):
        seconds(text)


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("$a.b + $c", {"a", "c"}),
        ("'$no' & \"$no\" & `$no`", set()),
        ("/* $no */ $yes", {"yes"}),
        ("$contains($a, /$no/)", {"a"}),
        ("($x := 1; $x + $y)", {"y"}),
        ("$map($a, function($v, $i){ $v * $i * $k })", {"a", "k"}),
        ("$sum(items.price)", set()),
        ("$.a & $$.b", set()),
    ],
)
def test_the_names_of_an_expression(expression: str, names: set[str]) -> None:
    assert variables(expression) == names


@given(st.text(max_size=30), st.text(max_size=30))
def test_literal_text_survives_the_joining(before: str, after: str) -> None:
    """Text around an expression comes out as it went in, whatever characters it has."""
    if "{%" in before + after or "%}" in before + after or not before.strip():
        return
    done = outcome({"id": "a", "set": f"{before}{{% 1 %}}{after}"}, output="{% $a %}")
    assert done.output == f"{before}1{after}"


def test_plain_text_is_left_alone() -> None:
    assert to_asl("no expression, $5 and 100%", lambda _: None) == "no expression, $5 and 100%"


def test_yaml_1_2() -> None:
    text = "{on: yes, when: 12:30, day: 2026-01-01, int: 007, float: 1e3, t: true, n: null}"
    expected = {"on": "yes", "when": "12:30", "day": "2026-01-01", "int": 7, "float": 1000.0, "t": True, "n": None}  # fmt: skip
    assert read_yaml(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a: &x 1\nb: *x",
        "a: 1\na: 2",
        "[" * 500,
        "{1: 2}",
        "\x00",
        "a: !!python/object:os.system 1",
        "a: [",
        "- &a [x]\n- &b [*a, *a]",
    ],
)
def test_hostile_yaml_is_malformed(text: str) -> None:
    with pytest.raises(MalformedError):
        read_yaml(text)


def test_oversized_yaml_is_refused() -> None:
    with pytest.raises(TooLargeError):
        read_yaml("x" * 1_000_001)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["name", "steps", "id", "set", "use", "with", "choose", "when", "for_each", "as", "parallel", "wait", "stop", "otherwise", "on_error"]),
        inner,
        max_size=5,
    ),
    max_leaves=15,
)  # fmt: skip


@given(JSON)
def test_any_value_is_a_definition_or_refused(value: Any) -> None:
    refused = None
    try:
        compile_definition(parse_definition(value))
    except StatewrightError as error:
        refused = error
    if refused is not None:
        assert refused.issues
        json.dumps([issue.pointer for issue in refused.issues])
