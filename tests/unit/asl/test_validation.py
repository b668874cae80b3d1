"""What AWS says of definitions that it refuses: codes, sentences, places and order."""

from __future__ import annotations

import json
from typing import Any

import pytest

from asl.definition import check_definition, load_definition
from asl.errors import InvalidDefinitionError

LAMBDA = "arn:aws:lambda:us-east-1:111111111111:function:f"
PASS = {"Type": "Pass", "End": True}
TASK = {"Type": "Task", "Resource": LAMBDA, "End": True}
SCHEMA = "SCHEMA_VALIDATION_FAILED"
TARGET = "MISSING_TRANSITION_TARGET"
LONG = "x" * 81


def findings(text: str) -> list[tuple[str, str, str | None]]:
    return [(each.code, each.message, each.location) for each in check_definition(text)[1]]


def of_states(language: str = "JSONPath", **states: Any) -> list[tuple[str, str, str | None]]:
    first = next(iter(states))
    top = {"QueryLanguage": language, "StartAt": first, "States": states}
    return findings(json.dumps(top))


def of_state(language: str = "JSONPath", **state: Any) -> list[tuple[str, str, str | None]]:
    return of_states(language, A=state)


@pytest.mark.parametrize(
    ("state", "message", "place"),
    [
        ({"End": True}, "These fields are required: [Type]", ""),
        ({"Type": "Task", "End": True}, "These fields are required: [Resource]", ""),
        ({"Type": "Choice"}, "These fields are required: [Choices]", ""),
        ({"Type": "Map", "End": True}, "These fields are required: [ItemProcessor]", ""),
        ({**PASS, "Wrong": 1}, "Field 'Wrong' is not supported", ""),
        ({**PASS, "TimeoutSeconds": 1}, "Field 'TimeoutSeconds' is not supported", ""),
        ({**PASS, "Retry": []}, "Field 'Retry' is not supported", ""),
        ({**PASS, "Output": 1}, "The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage", ""),
        ({**PASS, "Next": "A"}, "There should only be one of the following fields: [Next, End]", ""),
        ({**PASS, "OutputPath": "Test"}, "Value must be a valid JSONPath.", "/OutputPath"),
        ({**PASS, "ResultPath": "$.a[*]"}, "Value is not a Reference Path", "/ResultPath"),
        ({**PASS, "Assign": {"v.$": "Test"}}, "The value for the field 'v.$' must be a valid JSONPath or a valid intrinsic function call", "/Assign"),
        ({**PASS, "Parameters": {"a": [{"v.$": "States.Nope()"}]}}, "The value for the field 'v.$' must be a valid JSONPath or a valid intrinsic function call", "/Parameters/a[0]"),
        ({**PASS, "Parameters": {"v": 1, "v.$": "$"}}, "Duplicate field 'v'", "/Parameters"),
        ({"Type": "Wait", "Seconds": 10**16, "End": True}, "Maximum value is 99999999", "/Seconds"),
        ({"Type": "Wait", "Seconds": 1, "SecondsPath": "$.s", "End": True}, "There should only be one of the following fields: [Seconds, SecondsPath]", ""),
        ({"Type": "Wait", "Timestamp": "tomorrow", "End": True}, "String does not match RFC3339 timestamp", "/Timestamp"),
        ({**TASK, "TimeoutSeconds": 0}, "Minimum value is 1", "/TimeoutSeconds"),
        ({**TASK, "Retry": [{"IntervalSeconds": 1}]}, "These fields are required: [ErrorEquals]", "/Retry[0]"),
        ({**TASK, "Retry": [{"ErrorEquals": ["E"], "BackoffRate": 0.5}]}, "Minimum value is 1.0", "/Retry[0]/BackoffRate"),
        ({**TASK, "Retry": [{"ErrorEquals": ["E"], "JitterStrategy": "SOME"}]}, "The field 'JitterStrategy' should have one of these values: [FULL, NONE]", "/Retry[0]/JitterStrategy"),
        ({**TASK, "Retry": [{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["E"]}]}, "States.ALL must appear alone and at end of list", "/Retry[0]/ErrorEquals[0]"),
        ({**TASK, "Retry": [{"ErrorEquals": ["E", "States.ALL"]}]}, "States.ALL must appear alone and at end of list", "/Retry[0]/ErrorEquals[1]"),
        ({**TASK, "Catch": [{"ErrorEquals": ["E"]}]}, "These fields are required: [Next]", "/Catch[0]"),
        ({"Type": "Choice", "Choices": [{"Variable": "$", "StringMatches": "T"}]}, "These fields are required: [Next]", "/Choices[0]"),
        ({"Type": "Fail", "Error": "E", "ErrorPath": "$.e"}, "There should only be one of the following fields: [Error, ErrorPath]", ""),
        ({"Type": "Map", "End": True, "ToleratedFailurePercentage": 101, "ItemProcessor": {"StartAt": "B", "States": {"B": PASS}}}, "Maximum value is 100.0", "/ToleratedFailurePercentage"),
    ],
)  # fmt: skip
def test_a_wrong_state(state: dict[str, Any], message: str, place: str) -> None:
    assert (SCHEMA, message, f"/States/A{place}") in of_state(**state)


@pytest.mark.parametrize("call", ["States.MathAdd($.a, 1)", "States.StringToJson($.a)"])
def test_an_errors_path_calls_what_gives_text(call: str) -> None:
    ((_, message, place),) = of_state(Type="Fail", CausePath=call)
    assert message.endswith("that returns a string")
    assert place == "/States/A/CausePath"
    assert not of_state(Type="Fail", CausePath="States.Format('{}', $.a)")


@pytest.mark.parametrize(
    ("output", "message", "place"),
    [
        ({"v": "{% 1 + %}"}, "Unexpected end of expression", "/States/A/Output/v"),
        ("{% a[1,2) %}", 'Expected "]", got ","', "/States/A/Output"),
        (["{% $x := %}"], "Unexpected end of expression", "/States/A/Output[0]"),
        ("{% 1", "An expression starts with '{%' and ends with '%}'", "/States/A/Output"),
        ("1 %}", "An expression starts with '{%' and ends with '%}'", "/States/A/Output"),
        ("{% $x ?? 1 %}", 'The symbol "?" cannot be used as a unary operator', "/States/A/Output"),
    ],
)
def test_wrong_jsonata(output: Any, message: str, place: str) -> None:
    assert of_state("JSONata", **PASS, Output=output) == [
        ("INVALID_JSONATA_EXPRESSION", message, place)
    ]


@pytest.mark.parametrize("output", [" {% 1 %} ", "a {% b %} c", "{%1%}", "%", "{", ""])
def test_text_that_is_no_wrong_jsonata(output: str) -> None:
    assert of_state("JSONata", **PASS, Output=output) == []


def test_ways_that_lead_nowhere() -> None:
    choices = [{"Variable": "$.a", "IsNull": True, "Next": "X"}]
    found = of_states(
        C={"Type": "Choice", "Choices": choices, "Default": "Y"},
        T={**TASK, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Z"}]},
    )
    assert sorted(found) == [
        (TARGET, "Missing 'Next' target: X", "/States/C/Choices[0]/Next"),
        (TARGET, "Missing 'Next' target: Y", "/States/C/Default"),
        (TARGET, "Missing 'Next' target: Z", "/States/T/Catch[0]/Next"),
        (TARGET, 'State "T" is not reachable.', "/States/T"),
    ]


def test_a_workflow_needs_an_end() -> None:
    loop = {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}
    nowhere = {"Type": "Pass", "Next": "A"}
    end = ("MISSING_END_STATE", "Workflow has no terminal state", None)
    assert of_states(**loop) == [end]
    assert of_states(**loop, D=nowhere) == [end], "AWS does not go on to what nothing leads to"
    assert of_states(**loop, C=PASS) == [(TARGET, 'State "C" is not reachable.', "/States/C")]
    assert of_state(Type="Pass", Next="NOPE") == [
        (TARGET, "Missing 'Next' target: NOPE", "/States/A/Next"),
        end,
    ]


def test_where_it_starts_has_to_be_there() -> None:
    text = json.dumps({"StartAt": "Not sure", "States": {"Pass One": PASS}})
    assert findings(text) == [
        (TARGET, "Missing 'Next' target: Not sure", "/StartAt"),
        (TARGET, 'State "Pass One" is not reachable.', "/States/Pass One"),
    ]
    error = InvalidDefinitionError(check_definition(text)[1])
    assert error.message == (
        "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: Not "
        'sure at /StartAt, MISSING_TRANSITION_TARGET: State "Pass One" is not reachable. at '
        "/States/Pass One'"
    )


def test_a_finding_without_a_place() -> None:
    error = InvalidDefinitionError(check_definition("")[1])
    assert error.message.endswith(
        "'SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at null'"
    )


def test_below_the_top() -> None:
    processor = {"QueryLanguage": "JSONata", "StartAt": "B", "States": {"B": PASS}}
    branch = {"StartAt": "C", "States": {"C": {"Type": "Pass", "Next": "D"}}}
    assert (
        SCHEMA,
        "Field 'QueryLanguage' is not supported",
        "/States/A/ItemProcessor",
    ) in of_state(Type="Map", ItemProcessor=processor, End=True)
    place = "/States/A/Branches[0]"
    assert of_state(Type="Parallel", Branches=[branch], End=True) == [
        (TARGET, "Missing 'Next' target: D", f"{place}/States/C/Next"),
        ("MISSING_END_STATE", "Workflow has no terminal state", place),
    ]


def test_names() -> None:
    too_long = (
        f"Invalid State name: State '{LONG}' exceeds the 80-character limit allowed by the service"
    )
    assert of_states(**{LONG: PASS}) == [("INVALID_STATE_NAME", too_long, f"/States/{LONG}")]
    branch = {"StartAt": "A", "States": {"A": PASS}}
    assert of_state(Type="Parallel", Branches=[branch], End=True) == [
        ("DUPLICATE_STATE_NAME", "Duplicate State name: A", "/States/A/Branches[0]/States/A")
    ]


def test_too_deep() -> None:
    inner: dict[str, Any] = {"StartAt": "S", "States": {"S": PASS}}
    for number in range(60):
        name = f"P{number}"
        inner = {
            "StartAt": name,
            "States": {name: {"Type": "Parallel", "Branches": [inner], "End": True}},
        }
    assert [code for code, *_ in findings(json.dumps(inner))] == ["TOO_DEEPLY_NESTED"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"StartAt": "A", "StartAt": "A"}', "Duplicate field 'StartAt'"),
        ("{", "Unexpected end-of-input"),
        ('{"TimeoutSeconds": NaN}', "Non-standard token 'NaN'"),
        ('{"a": 1,}', "Unexpected character ('}' (code 125))"),
        (f'{{"a": {"1" * 5000}}}', "The text cannot be read"),
        ("[" * 100_000, "The text cannot be read"),
    ],
)
def test_what_is_no_json(text: str, message: str) -> None:
    ((code, words, place),) = findings(text)
    assert code == "INVALID_JSON_DESCRIPTION"
    assert words.startswith(message)
    assert place is not None


def test_a_stored_definition_goes_on_whatever_is_refused_now() -> None:
    stored = json.dumps({"StartAt": "A", "States": {"A": PASS, "Unreachable": PASS}})
    assert check_definition(stored)[0] is None
    assert set(load_definition(stored).states) == {"A", "Unreachable"}


@pytest.mark.parametrize(
    ("rule", "message", "place"),
    [
        (
            {"Variable": "$.a", "NumericEquals": "1"},
            "NumericEquals must be of type number",
            "/NumericEquals",
        ),
        (
            {"Variable": "$.a", "StringMatches": 1},
            "StringMatches must be of type string",
            "/StringMatches",
        ),
        ({"Variable": "$.a", "IsNull": "x"}, "IsNull must be of type boolean", "/IsNull"),
        (
            {"Variable": "$.a", "BooleanEquals": 1},
            "BooleanEquals must be of type boolean",
            "/BooleanEquals",
        ),
        (
            {"Variable": "$.a", "TimestampEquals": "noon"},
            "String does not match RFC3339 timestamp",
            "/TimestampEquals",
        ),
        (
            {"Not": {"And": [{"Variable": "$.a", "IsNull": 1}]}},
            "IsNull must be of type boolean",
            "/Not/And[0]/IsNull",
        ),
        ({"And": []}, "And must be a non-empty array", "/And"),
        ({"Not": 1}, "Expected a JSON object", "/Not"),
        (
            {"Variable": "a", "IsNull": True},
            "Value is not a Reference Path: a path begins with '$': a",
            "/Variable",
        ),
        (
            {"Variable": "$.a", "StringEqualsPath": "b"},
            "Value is not a Reference Path: a path begins with '$': b",
            "/StringEqualsPath",
        ),
    ],
)
def test_what_is_wrong_in_a_choice_rule_is_found_where_it_is(
    rule: dict[str, Any], message: str, place: str
) -> None:
    found = of_states(C={"Type": "Choice", "Choices": [{**rule, "Next": "P"}]}, P=PASS)

    assert found == [(SCHEMA, message, f"/States/C/Choices[0]{place}")]
