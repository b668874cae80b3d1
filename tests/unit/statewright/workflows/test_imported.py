"""Imported state machines: their outline, what they may call, the state in front of them."""

from __future__ import annotations

from typing import Any

import pytest

from asl.definition import check_definition
from statewright.errors import InvalidError
from statewright.workflows.compiler import compile_definition
from statewright.workflows.imported_calls import ImportedCalls
from statewright.workflows.parsing import parse_definition

PASS = {"Type": "Pass", "End": True}


def machine(**states: Any) -> dict[str, Any]:
    return {"StartAt": next(iter(states), "A"), "States": states}


def definition(asl: Any, **more: Any) -> dict[str, Any]:
    return {"name": "Imported", "asl": asl, **more}


@pytest.mark.parametrize(
    ("source", "pointer", "sentence"),
    [
        (definition({}), "/asl/States", "at least one"),
        (definition({"StartAt": "A", "States": {}}), "/asl/States", "at least one"),
        (definition({"StartAt": "B", "States": {"A": PASS}}), "/asl/StartAt", "none of the states"),
        (definition(machine(A={"Type": "Pas"})), "/asl/States/A/Type", "Parallel"),
        (definition(machine(A=[])), "/asl/States/A/Type", "is one of"),
        (definition(machine(A={"Type": "Task", "End": True})), "/asl/States/A/Resource", "required"),
        (definition(machine(A={"Type": "Map", "Iterator": 5})), "/asl/States/A/Iterator", "StartAt"),
        (definition(machine(A={"Type": "Map", "ItemReader": 5})), "/asl/States/A/ItemReader", "Resource"),
        (definition(machine(A={"Type": "Parallel", "Branches": {}})), "/asl/States/A/Branches", "a list"),
        (definition(machine(**{"A/B": {"Type": "Parallel", "Branches": [5]}})), "/asl/States/A~1B/Branches/0", "StartAt"),
        (definition(machine(A={"Type": "Parallel", "Branches": [machine(A=PASS)]})), "/asl", "2 states are called 'A'"),
        (definition(machine(A=PASS), output=1), "/output", "its own"),
        (definition(machine(A=PASS), steps=[{"id": "a", "set": 1}]), "/steps", "no steps"),
        (definition(machine(A=PASS), settings={"concurrency": {"limit": 1}}), "/settings/concurrency", "turns"),
        ({"name": "Neither"}, "/steps", "required"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(source: Any, pointer: str, sentence: str) -> None:
    with pytest.raises(InvalidError) as refused:
        parse_definition(source)
    assert [issue.pointer for issue in refused.value.issues] == [pointer]
    assert sentence in refused.value.issues[0].detail


@pytest.mark.parametrize("language", [{}, {"QueryLanguage": "JSONata"}, {"QueryLanguage": "JSONPath"}])  # fmt: skip
def test_one_state_stands_in_front_and_the_rest_is_as_it_was(language: dict[str, str]) -> None:
    asl = {**machine(Start={"Type": "Pass", "Next": "End"}, End=PASS), **language}
    artefact = compile_definition(parse_definition(definition(asl, settings={"timeout": "1m"})))
    assert artefact.asl["StartAt"] == "Start 2"
    assert artefact.asl["States"].pop("Start 2")["Next"] == "Start"
    assert artefact.asl == {**asl, "StartAt": "Start 2", "TimeoutSeconds": 60}
    assert artefact.bindings == {"Start": "/asl/States/Start", "End": "/asl/States/End"}
    whole = compile_definition(parse_definition(definition(asl))).deployed(lambda *_: "never")
    check_definition(whole)


CALLS = ImportedCalls(("arn:aws:lambda:*:function:orders-*", "arn:aws:states:::sqs:*", "*:stateMachine:*"), "statewright")  # fmt: skip
LAMBDA = "arn:aws:states:::lambda:invoke"


@pytest.mark.parametrize(
    ("resource", "arguments", "allowed"),
    [
        ("arn:aws:lambda:us-east-1:1:function:orders-new", None, True),
        ("arn:aws:lambda:us-east-1:1:function:other", None, False),
        (LAMBDA, {"FunctionName": "orders-new:live"}, True),
        (f"{LAMBDA}.waitForTaskToken", {"FunctionName": "1:function:orders-new"}, True),
        (LAMBDA, {"FunctionName": "1:function:statewright-steps-http"}, False),
        (LAMBDA, {"FunctionName": "{% 'orders-new' %}"}, False),
        (LAMBDA, "{% $all %}", False),
        ("arn:aws:states:::sqs:sendMessage", {}, True),
        ("arn:aws:states:::SQS:sendMessage", {}, False),
        ("arn:aws:states:::aws-sdk:sfn:startExecution", {}, False),
        ("arn:aws-cn:states:::events:putEvents", {}, False),
        ("arn:aws:states:::states:startExecution.sync:2", {"StateMachineArn": "arn:aws:states:r:1:stateMachine:mine"}, True),
        ("arn:aws:states:::states:startExecution", {"StateMachineArn": "arn:aws:states:r:1:stateMachine:statewright-x"}, False),
        ("arn:aws:states:::states:startExecution", {"StateMachineArn.$": "$.machine"}, False),
    ],
)  # fmt: skip
def test_calls_are_compared_with_what_is_allowed(
    resource: str, arguments: Any, allowed: bool
) -> None:
    for field in ("Parameters", "Arguments"):
        state = {"Type": "Task", "Resource": resource, field: arguments}
        found = list(CALLS.against(state))
        assert (not found) is allowed, found


def test_files_that_a_map_reads_and_writes_are_calls() -> None:
    reader = {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b"}}
    state = {"Type": "Map", "ItemReader": reader, "ResultWriter": reader}
    where = [pointer for pointer, _ in CALLS.against(state)]
    assert where == ["/ItemReader/Resource", "/ResultWriter/Resource"]


def test_the_policy_names_what_is_called() -> None:
    states = {"A": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:dynamodb:getItem", "Next": "B"},
              "B": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:1:function:f", "End": True}}  # fmt: skip
    policy = compile_definition(parse_definition(definition(machine(**states)))).policy
    assert [(s["Action"], s["Resource"]) for s in policy["Statement"]] == [
        (["dynamodb:GetItem"], ["*"]),
        (["lambda:InvokeFunction"], ["arn:aws:lambda:us-east-1:1:function:f"]),
    ]
