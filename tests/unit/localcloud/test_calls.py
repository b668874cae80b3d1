"""What a call needs, by AWS's service authorization reference."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from localcloud.calls import Calls, condition_keys, needs, running

TAGS = [{"TagKey": "a", "TagValue": "b"}]
PLACE = "us-east-1:000000000000"
QUEUE = "https://sqs.us-east-1.amazonaws.com/000000000000/q"
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:m"
KEY = "the deployment's key"


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "expected"),
    [
        (
            "sqs",
            "SendMessageBatch",
            {"QueueUrl": QUEUE},
            [
                ("sqs:SendMessage", f"arn:aws:sqs:{PLACE}:q"),
                ("kms:GenerateDataKey", KEY),
                ("kms:Decrypt", KEY),
            ],
        ),
        (
            "s3",
            "HeadObject",
            {"Bucket": "b", "Key": "a/c"},
            [("s3:GetObject", "arn:aws:s3:::b/a/c"), ("kms:Decrypt", KEY)],
        ),
        (
            "s3",
            "CopyObject",
            {"Bucket": "b", "Key": "c", "CopySource": "b/a%20b"},
            [
                ("s3:PutObject", "arn:aws:s3:::b/c"),
                ("s3:GetObject", "arn:aws:s3:::b/a b"),
                ("kms:GenerateDataKey", KEY),
                ("kms:Decrypt", KEY),
            ],
        ),
        (
            "sfn",
            "CreateStateMachine",
            {"name": "m", "roleArn": "role"},
            [("states:CreateStateMachine", MACHINE), ("iam:PassRole", "role")],
        ),
        (
            "sfn",
            "CreateStateMachineAlias",
            {"name": "live", "routingConfiguration": [{"stateMachineVersionArn": f"{MACHINE}:1"}]},
            [("states:CreateStateMachineAlias", f"{MACHINE}:1")],
        ),
        ("sfn", "SendTaskSuccess", {"taskToken": "t"}, [("states:SendTaskSuccess", "*")]),
        (
            "sfn",
            "UpdateStateMachine",
            {"stateMachineArn": "m", "definition": "{}", "publish": True},
            [("states:UpdateStateMachine", "m"), ("states:PublishStateMachineVersion", "m")],
        ),
        (
            "scheduler",
            "CreateSchedule",
            {"Name": "n", "GroupName": "g", "Target": {"Arn": "q", "RoleArn": "role"}},
            [
                ("scheduler:CreateSchedule", f"arn:aws:scheduler:{PLACE}:schedule/g/n"),
                ("iam:PassRole", "role"),
            ],
        ),
        (
            "lambda",
            "Invoke",
            {"FunctionName": "f"},
            [("lambda:InvokeFunction", f"arn:aws:lambda:{PLACE}:function:f")],
        ),
        (
            "eventbridge",
            "PutEvents",
            {"Entries": [{"Source": "s"}]},
            [("events:PutEvents", f"arn:aws:events:{PLACE}:event-bus/default")],
        ),
    ],
)
def test_what_a_call_needs(
    service: str, operation: str, parameters: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert list(needs(PLACE, service, operation, parameters)) == expected


def test_calls_are_noted_once_and_only_those_of_functions(tmp_path: Path) -> None:
    file = tmp_path / "calls"
    calls = Calls(file, "000000000000", "us-east-1")
    calls.note("sesv2", "SendEmail", {"Content": "a secret"})
    assert not file.exists(), "the ground's own calls are nobody's"
    token = running.set("f")
    for _ in range(2):
        calls.note("sesv2", "SendEmail", {"Content": "a secret"})
    running.reset(token)
    (line,) = file.read_text().splitlines()
    assert json.loads(line) == {"function": "f", "action": "ses:SendEmail", "resource": "*"}


@pytest.mark.parametrize(
    ("service", "action", "parameters", "expected"),
    [
        ("sfn", "iam:PassRole", {"roleArn": "r"}, {"iam:PassedToService": "states.amazonaws.com"}),
        ("scheduler", "iam:PassRole", {}, {"iam:PassedToService": "scheduler.amazonaws.com"}),
        ("kms", "kms:CreateKey", {"Tags": TAGS}, {"aws:RequestTag/a": "b"}),
        ("kms", "kms:Sign", {"KeyId": "k"}, {}),
    ],
)
def test_what_a_call_tells_for_conditions(
    service: str, action: str, parameters: dict[str, Any], expected: dict[str, str]
) -> None:
    assert condition_keys(service, action, parameters) == expected
