"""JSONPath states: paths, intrinsic functions, comparisons, and the flow of data."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asl.definition import check_definition, parse_definition
from asl.errors import StateFailedError
from asl.jsonpath.comparisons import NAMES, compile_rule
from asl.jsonpath.intrinsics import IntrinsicSyntaxError
from asl.jsonpath.path import JsonPathSyntaxError, PathMissingError, compile_path
from asl.jsonpath.pathflow import Reading
from asl.scope import Scope
from tests.support.engine import TASK, Answer, Fails, Run

DOCUMENT = {
    "a": {"b": [{"c": 1, "d": "x"}, {"c": 2}], "e f": True},
    "n": None,
    "deep": {"c": 3},
}


def machine(states: dict[str, Any], **top: Any) -> Any:
    text = json.dumps({"StartAt": next(iter(states)), "States": states, **top})
    return parse_definition(text)


def run(states: dict[str, Any], value: Any = None, answer: Answer | None = None) -> Run:
    return Run(machine(states), value, answer).to_end()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$", DOCUMENT),
        ("$.a.b[0].c", 1),
        ("$['a']['e f']", True),
        ('$["a"]["e f"]', True),
        ("$.a.b[-1].c", 2),
        ("$.n", None),
        ("$.a.b[*].c", [1, 2]),
        ("$.a.b[*].d", ["x"]),
        ("$.a.b[0:1]", [{"c": 1, "d": "x"}]),
        ("$.a.b[:1].c", [1]),
        ("$.a.b[1:].c", [2]),
        ("$..c", [1, 2, 3]),
        ("$.a.b[0,1].c", [1, 2]),
        ("$.a.b[?(@.c > 1)].c", [2]),
        ("$.a.b[?(@.d)].c", [1]),
        ("$.a.b[?(@.c == 1 && @.d == 'x')].c", [1]),
        ("$.a.b[?(@.c == 9)]", []),
        ("$.a.b[?(@.d == x)].c", [1]),
        ("$.deep.*", [3]),
    ],
)
def test_paths(path: str, expected: Any) -> None:
    assert compile_path(path).read(DOCUMENT) == expected


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("$.x", "No results for path: $['x']"),
        ("$.x.y", "Missing property in path $['x']"),
        ("$.a.b[7]", "No results for path: $['a']['b'][7]"),
    ],
)
def test_missing_places(path: str, message: str) -> None:
    with pytest.raises(PathMissingError) as missing:
        compile_path(path).read(DOCUMENT)
    assert str(missing.value) == message


@pytest.mark.parametrize("text", ["", "a", "$.", "$[", "$['a'", "$.a b", "$[?(]", "$$x.y"])
def test_what_is_no_path(text: str) -> None:
    with pytest.raises(JsonPathSyntaxError):
        compile_path(text)


@given(st.text(alphabet="$.[]'\"*?@()=<>:,ab01 -", max_size=20))
def test_any_text_is_a_path_or_refused(text: str) -> None:
    try:
        path = compile_path(text)
    except JsonPathSyntaxError:
        return
    try:
        path.read(DOCUMENT)
    except PathMissingError:
        assert path.definite


def evaluate(call: str, root: Any = None) -> Any:
    scope = Scope({"v": 5}, lambda: {"Execution": {"Name": "x"}}, input=root)
    return Reading(call).evaluate(root, scope)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("States.Format('{} is {}', $.a, 1)", "x is 1"),
        ("States.Format('\\{{}\\}', $.o)", "{{k=[1, x]}}"),
        ("States.Format('it\\'s {}', null)", "it's null"),
        ("States.StringToJson('{\"a\": 1}')", {"a": 1}),
        ("States.JsonToString($.o)", '{"k":[1,"x"]}'),
        ("States.Array(1, 'a', $.a, true)", [1, "a", "x", True]),
        ("States.Array()", []),
        ("States.ArrayPartition($.l, 2)", [[1, 2], [2]]),
        ("States.ArrayContains($.l, 2)", True),
        ("States.ArrayContains($.l, true)", False),
        ("States.ArrayRange(1, 9, 4)", [1, 5, 9]),
        ("States.ArrayGetItem($.l, 1)", 2),
        ("States.ArrayLength($.l)", 3),
        ("States.ArrayUnique($.l)", [1, 2]),
        ("States.Base64Encode('ab')", "YWI="),
        ("States.Base64Decode('YWI=')", "ab"),
        ("States.Hash('a', 'MD5')", "0cc175b9c0f1b6a831c399e269772661"),
        ("States.JsonMerge($.o, $.p, false)", {"k": 1}),
        ("States.MathAdd(-1.5, 0)", -1),
        ("States.MathAdd(States.MathAdd(1, $v), 1)", 7),
        ("States.StringSplit('a,b.c,', ',.')", ["a", "b", "c"]),
        ("States.Format('{}', $$.Execution.Name)", "x"),
    ],
)
def test_intrinsic_functions(call: str, expected: Any) -> None:
    root = {"a": "x", "l": [1, 2, 2], "o": {"k": [1, "x"]}, "p": {"k": 1}}
    assert evaluate(call, root) == expected


def test_random_numbers_and_ids() -> None:
    assert 1 <= evaluate("States.MathRandom(1, 5)") < 5
    assert evaluate("States.MathRandom(1, 999, 7)") == evaluate("States.MathRandom(1, 999, 7)")
    assert len(evaluate("States.UUID()")) == 36


@pytest.mark.parametrize(
    "call",
    [
        "States.ArrayPartition($, 0)",
        "States.ArrayRange(1, 9, 0)",
        "States.ArrayRange(1, 9999, 1)",
        "States.ArrayGetItem($, 9)",
        "States.JsonMerge($, $, true)",
        "States.MathAdd('1', 1)",
        "States.Hash('a', 'CRC')",
        "States.StringToJson('{')",
        "States.Format('{} {}', 1)",
        "States.ArrayLength('abc')",
    ],
)
def test_failing_calls_are_intrinsic_failures(call: str) -> None:
    with pytest.raises(StateFailedError) as failed:
        evaluate(call, [1])
    assert failed.value.data.error == "States.Runtime"


@pytest.mark.parametrize(
    "call",
    ["States.Nope()", "States.Format(", "States.Format('a' 'b')", "Format('a')"],
)
def test_what_is_no_call(call: str) -> None:
    with pytest.raises(IntrinsicSyntaxError):
        Reading(call)


def _unsaid(message: str, at: str) -> None:
    """Constants of the wrong type match nothing."""


def holds(rule: dict[str, Any], root: Any) -> bool:
    scope = Scope({}, dict, input=root)
    return compile_rule({"Variable": "$.x", **rule}, _unsaid, "")(root, scope)


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        ({"NumericEquals": 1}, 1.0, True),
        ({"NumericEquals": 1}, True, False),
        ({"NumericLessThan": 2}, "1", False),
        ({"StringGreaterThanEquals": "b"}, "b", True),
        ({"BooleanEquals": True}, 1, False),
        ({"TimestampLessThan": "2026-01-01T01:00:00+02:00"}, "2025-12-31T22:59:59Z", True),
        ({"TimestampEquals": "2026-01-01T00:00:00Z"}, "not a time", False),
        ({"StringMatches": "a*z"}, "abz", True),
        ({"StringMatches": "a\\*"}, "a*", True),
        ({"StringMatches": "a\\*"}, "ab", False),
        ({"IsNull": True}, None, True),
        ({"IsNumeric": False}, "1", True),
        ({"IsTimestamp": True}, "2026-01-01T00:00:00Z", True),
        ({"IsPresent": True}, None, True),
        ({"NumericEqualsPath": "$.x"}, 3, True),
    ],
)
def test_comparisons(rule: dict[str, Any], value: Any, expected: bool) -> None:
    assert holds(rule, {"x": value}) is expected


def test_absent_variables() -> None:
    assert holds({"IsPresent": False}, {})
    with pytest.raises(StateFailedError) as failed:
        holds({"IsNull": True}, {})
    assert failed.value.data.error == "States.Runtime"
    assert len(NAMES) == 39


def test_combinations() -> None:
    one, two = {"Variable": "$.x", "NumericEquals": 1}, {"Variable": "$.x", "NumericEquals": 2}
    scope = Scope({}, dict, input={"x": 1})
    for rule, expected in (
        ({"And": [one, two]}, False),
        ({"Or": [one, two]}, True),
        ({"Not": two}, True),
        ({"And": [one, {"Not": {"Or": [two, two]}}]}, True),
    ):
        assert compile_rule(rule, _unsaid, "")({"x": 1}, scope) is expected


def test_the_flow_of_data() -> None:
    task = {
        **TASK,
        "InputPath": "$.in",
        "Parameters": {"k.$": "$.v", "name.$": "$$.Execution.Name", "fixed": {"a": [1]}},
        "ResultSelector": {"got.$": "$.Payload"},
        "ResultPath": "$.out.result",
        "OutputPath": "$.out",
        "Assign": {"seen.$": "$.Payload"},
        "Next": "P",
    }
    del task["Arguments"]
    last = {"Type": "Pass", "Parameters": {"seen.$": "$seen", "all.$": "$"}, "End": True}
    sent: list[Any] = []

    def answer(dispatch: Any) -> Any:
        sent.append(dispatch.parameters.value)
        return {"Payload": 7}

    done = run({"T": task, "P": last}, {"in": {"v": 1}}, answer)
    assert sent == [{"k": 1, "name": "x", "fixed": {"a": [1]}}]
    assert done.output == {"seen": 7, "all": {"result": {"got": 7}}}


def test_a_missing_place_says_where() -> None:
    parameters = {"Type": "Pass", "Parameters": {"a.$": "$.x"}, "End": True}
    failure = run({"P": parameters}, {"y": 1}).execution.failure
    assert failure is not None
    assert (failure.error, failure.cause) == (
        "States.Runtime",
        "An error occurred while executing the state 'P' (entered at the event id #2). The "
        "JSONPath '$.x' specified for the field 'a.$' could not be found in the input "
        "'{\"y\":1}'",
    )


def test_catch_keeps_the_input_beside_the_error() -> None:
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "C"}]
    task = {"Type": "Task", "Resource": TASK["Resource"], "Catch": catch, "End": True}

    def fail(dispatch: Any) -> Any:
        raise Fails("E", "c")

    done = run({"T": task, "C": {"Type": "Pass", "End": True}}, {"kept": 1}, fail)
    assert done.output == {"kept": 1, "error": {"Error": "E", "Cause": "c"}}


def test_null_paths_discard() -> None:
    assert run({"P": {"Type": "Pass", "Result": 1, "ResultPath": None, "End": True}}, {"a": 1}).output == {"a": 1}  # fmt: skip
    assert run({"P": {"Type": "Pass", "InputPath": None, "End": True}}, {"a": 1}).output == {}
    assert run({"P": {"Type": "Pass", "OutputPath": None, "End": True}}, {"a": 1}).output == {}


def test_fail_and_wait_by_paths() -> None:
    fail = {"Type": "Fail", "ErrorPath": "$.e", "CausePath": "States.Format('of {}', $.c)"}
    failure = run({"F": fail}, {"e": "E", "c": "c"}).execution.failure
    assert failure is not None
    assert (failure.error, failure.cause) == ("E", "of c")
    wait = {"Type": "Wait", "SecondsPath": "$.s", "End": True}
    assert run({"W": wait}, {"s": 60}).now - 1_767_225_600_000 == 60_000
    bad = run({"W": wait}, {"s": -1}).execution.failure
    assert bad is not None
    assert str(bad.cause).endswith(
        "The SecondsPath parameter references a negative value: $.s == -1"
    )


def test_a_jsonata_state_in_a_jsonpath_machine_and_not_the_other_way() -> None:
    states = {
        "A": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input.n + 1 %}", "Next": "B"},
        "B": {"Type": "Pass", "End": True},
    }  # fmt: skip
    assert run(states, {"n": 1}).output == 2
    states["B"]["QueryLanguage"] = "JSONPath"
    text = json.dumps({"QueryLanguage": "JSONata", "StartAt": "A", "States": states})
    _, findings = check_definition(text)
    assert any("QueryLanguage" in finding.message for finding in findings)
