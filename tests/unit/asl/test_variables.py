"""The variables that each state refers to, in both query languages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from asl.variables import variable_references


def references(states: dict[str, Any], language: str = "JSONata") -> dict[str, list[str]]:
    text = json.dumps({"QueryLanguage": language, "StartAt": next(iter(states)), "States": states})
    return variable_references(text)


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("$x", ["x"]),
        ("$b + $a.c[0] + $b", ["b", "a"]),
        ("$states.input.y", []),
        ("$sum($numbers)", ["numbers"]),
        ("($y := 1; $y + $z)", ["z"]),
        ("$map($items, function($v, $i) { $v + $offset })", ["items", "offset"]),
        ("$map($items, λ($v) { $v })", ["items"]),
        ("$list#$i[$i < 3]@$one.($one.id)", ["list"]),
        ('\'$no\' & "$nor \\" $this" & $yes /* $comment */', ["yes"]),
        ("`$field`.name", []),
        ("$ ~> |$|{}| ", []),
    ],
)
def test_jsonata(expression: str, names: list[str]) -> None:
    state = {"Type": "Pass", "Output": {"deep": ["{% " + expression + " %}", "$no"]}, "End": True}
    assert references({"A": state}) == ({"A": names} if names else {})


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ({"Parameters": {"a.$": "$x.y", "b": "$no", "c": [{"d.$": "$z"}]}}, ["x", "z"]),
        ({"Parameters": {"a.$": "$$.Execution.Id", "b.$": "$.in"}}, []),
        ({"Parameters": {"a.$": "States.Format('{} $no', $x, States.MathAdd($y, 1))"}}, ["x", "y"]),
        ({"InputPath": "$x.y", "OutputPath": None}, ["x"]),
        ({"Assign": {"v.$": "$w[0]"}, "Result": {"a.$": "$no"}, "Comment": "$no"}, ["w"]),
        ({"Catch": [{"Assign": {"e.$": "$x"}}], "TimeoutSecondsPath": "$t"}, ["x", "t"]),
        (
            {"Choices": [{"And": [{"Variable": "$a", "NumericEqualsPath": "$b.c"}], "Next": "A"}]},
            ["a", "b"],
        ),
    ],
)
def test_jsonpath(state: dict[str, Any], names: list[str]) -> None:
    assert references({"A": state}, "JSONPath") == ({"A": names} if names else {})


def test_inner_states_stand_for_themselves() -> None:
    inner = {"Type": "Pass", "Output": "{% $inner %}", "End": True}
    path = {"Type": "Pass", "QueryLanguage": "JSONPath", "InputPath": "$path", "End": True}
    found = references(
        {
            "M": {
                "Type": "Map",
                "Items": "{% $items %}",
                "ItemProcessor": {"StartAt": "I", "States": {"I": inner, "J": path}},
                "Output": {"Branches": "{% $out %}"},
            },
            "P": {"Type": "Parallel", "Branches": [{"StartAt": "K", "States": {"K": inner}}]},
        }
    )
    assert found == {"M": ["items", "out"], "I": ["inner"], "J": ["path"], "K": ["inner"]}
