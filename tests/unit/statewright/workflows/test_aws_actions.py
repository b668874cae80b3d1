"""AWS API calls as actions: found in botocore's models, compiled natively, allowed by name."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from asl.definition import parse_definition as parse_asl
from statewright.workflows.actions import aws
from statewright.workflows.actions.known import KnownActions
from statewright.workflows.checks import Surroundings, check
from statewright.workflows.compiler import compile_definition
from statewright.workflows.parsing import parse_definition


def calling(use: str, inputs: dict[str, Any]) -> Any:
    return parse_definition({"name": "A", "triggers": [{"id": "m", "type": "manual"}], "steps": [{"id": "a", "use": use, "with": inputs}]})  # fmt: skip


@pytest.mark.parametrize(
    ("use", "inputs", "action", "resource"),
    [
        ("aws.s3.putObject", {"Bucket": "b", "Key": "k", "Body": "x"}, "s3:PutObject", "arn:${Partition}:s3:::b/k"),
        ("aws.s3.listObjectsV2", {"Bucket": "b"}, "s3:ListBucket", "arn:${Partition}:s3:::b"),
        ("aws.s3.headObject", {"Bucket": "b", "Key": "{% 'k' %}"}, "s3:GetObject", "*"),
        ("aws.sqs.sendMessage", {"QueueUrl": "https://sqs/1/q", "MessageBody": "x"}, "sqs:SendMessage", "arn:${Partition}:sqs:${Region}:${Account}:q"),
        ("aws.dynamodb.getItem", {"TableName": "t", "Key": {"id": {"S": "1"}}}, "dynamodb:GetItem", "arn:${Partition}:dynamodb:${Region}:${Account}:table/t"),
        ("aws.sns.publish", {"TopicArn": "arn:aws:sns:us-east-1:1:t", "Message": "x"}, "sns:Publish", "arn:aws:sns:us-east-1:1:t"),
        ("aws.cloudwatchlogs.describeLogGroups", {}, "logs:DescribeLogGroups", "*"),
        ("aws.cloudwatch.listMetrics", {}, "cloudwatch:ListMetrics", "*"),
        ("aws.sfn.listStateMachines", {}, "states:ListStateMachines", "*"),
        ("aws.lambda.invoke", {"FunctionName": "f"}, "lambda:InvokeFunction", "arn:${Partition}:lambda:${Region}:${Account}:function:f"),
    ],
)  # fmt: skip
def test_a_call_is_native_and_needs_what_iam_calls_it(use: str, inputs: dict[str, Any], action: str, resource: str) -> None:  # fmt: skip
    artefact = compile_definition(calling(use, inputs))
    parse_asl(artefact.text())
    state = artefact.asl["States"]["a"]
    _, service, operation = use.split(".")
    assert state["Resource"] == f"arn:aws:states:::aws-sdk:{service}:{operation}"
    assert state["Arguments"] == inputs
    (statement,) = artefact.policy["Statement"]
    assert statement["Action"] == [action]
    assert resource in {"*", *statement["Resource"]}


@pytest.mark.parametrize(
    ("use", "suggestion"),
    [
        ("aws.s3.putObjekt", "did you mean `aws.s3.putObject`?"),
        ("aws.sqs.send_message", "did you mean `aws.sqs.sendMessage`?"),
        ("aws.logs.describeLogGroups", "did you mean `aws.cloudwatchlogs.describeLogGroups`?"),
        ("aws.dynamo.getItem", "did you mean `aws.dynamodb.getItem`?"),
    ],
)
def test_an_unknown_call_is_refused_with_a_suggestion(use: str, suggestion: str) -> None:
    found = [f for f in check(calling(use, {}), Surroundings()) if f.code == "unknown-action"]
    assert [f.suggestion for f in found] == [suggestion]


def test_inputs_are_checked_against_the_model() -> None:
    codes = {f.code for f in check(calling("aws.sqs.sendMessage", {"Queue": "x", "MessageBody": 1}), Surroundings())}  # fmt: skip
    assert {"unknown-input", "missing-input", "type-mismatch"} <= codes


@pytest.mark.parametrize(("allowed", "codes"), [(("sqs:*",), set()), (("s3:*", "sqs:send*"), set()), (("s3:*",), {"forbidden-action"}), ((), {"forbidden-action"})])  # fmt: skip
def test_the_operator_says_which_calls_may_be_made(allowed: tuple[str, ...], codes: set[str]) -> None:  # fmt: skip
    definition = calling("aws.sqs.sendMessage", {"QueueUrl": "q", "MessageBody": "x"})
    found = check(definition, Surroundings(aws=allowed))
    assert {f.code for f in found if f.severity == "error"} == codes


def test_every_service_has_operations_with_usable_schemas() -> None:
    assert len(aws.services()) > 300
    for service in ("s3", "ec2", "dynamodb", "sesv2", "sts", "kinesis"):
        names = aws.similar(f"aws.{service}.x")
        assert len(names) > 5
        for name in names[:: max(1, len(names) // 10)]:
            action = KnownActions()[name]
            jsonschema_rs.validator_for(action.inputs)
            jsonschema_rs.validator_for(action.result)
