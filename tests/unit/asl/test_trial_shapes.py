"""Mocked results against the API models of AWS's services."""

from __future__ import annotations

from typing import Any

import pytest

from asl.api.trial.names import answer_shape
from asl.api.trial.shapes import check_result, java_name
from asl.errors import ApiError
from asl.machine import Resource
from asl.resources import parse_resource

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f"
ACTIVITY = "arn:aws:states:us-east-1:000000000000:activity:a"


def resource(text: str) -> Resource:
    return parse_resource(text if text.startswith("arn:") else f"arn:aws:states:::{text}")


WRONG: list[tuple[str, Any, str]] = [
    # integration, result, what is said of it in both modes
    ("lambda:invoke", 1, "Field 'result' must be an object"),
    ("lambda:invoke", {"StatusCode": "200"}, "Field 'StatusCode' must be a number"),
    ("lambda:invoke", {"StatusCode": True}, "Field 'StatusCode' must be a number"),
    ("lambda:invoke", {"Payload": {"a": 1}}, "Field 'Payload' must be a string"),
    ("dynamodb:getItem", {"Item": [1]}, "Field 'Item' must be an object"),
    ("dynamodb:getItem", {"Item": {"k": "v"}}, "Field 'Item' must be an object"),
    ("dynamodb:getItem", {"Item": {"k": {"BOOL": "no"}}}, "Field 'BOOL' must be a boolean"),
    ("events:putEvents", {"Entries": {}}, "Field 'Entries' must be an array"),
    ("events:putEvents", {"Entries": [{}, {"EventId": 1}]}, "Field 'EventId' must be a string"),
    ("aws-sdk:kms:sign", {"SigningAlgorithm": "ROT13"}, "Field 'SigningAlgorithm' is not an expected value"),
    ("aws-sdk:kms:encrypt", {"CiphertextBlob": ""}, "Field 'CiphertextBlob' is smaller than the minimum length"),
    ("aws-sdk:kms:encrypt", {"CiphertextBlob": "x" * 6145}, "Field 'CiphertextBlob' exceeds the maximum length"),
    ("aws-sdk:lambda:getFunction", {"Configuration": {"Timeout": 0}}, "Field 'Timeout' is less than the minimum value"),
    ("aws-sdk:lambda:getFunction", {"Configuration": {"EphemeralStorage": {"Size": 10**6}}}, "Field 'Size' exceeds the maximum value"),
    ("aws-sdk:rds:describeDBInstances", {"DbInstances": 1}, "Field 'DbInstances' must be an array"),
    ("states:startExecution", {"ExecutionArn": "a", "StartDate": 1}, "Field 'StartDate' must be a string"),
    ("states:startExecution.sync:2", {"ExecutionArn": "a", "StateMachineArn": "m", "StartDate": "d", "Status": "SUCCEEDED", "Output": {}}, "Field 'Output' must be a string"),
    ("glue:startJobRun.sync", {"JobRun": 1}, "Field 'JobRun' must be an object"),
    ("elasticmapreduce:createCluster.sync", {"Cluster": 1}, "Field 'Cluster' must be an object"),
    ("elasticmapreduce:createCluster", {"JobFlowId": 1}, "Field 'JobFlowId' must be a string"),
    ("aws-sdk:cloudwatchlogs:describeLogGroups", {"LogGroups": 1}, "Field 'LogGroups' must be an array"),
    ("aws-sdk:sfn:startExecution", {"ExecutionArn": 1, "StartDate": "d"}, "Field 'ExecutionArn' must be a string"),
]  # fmt: skip
INCOMPLETE: list[tuple[str, Any, str]] = [
    # integration, result, what STRICT misses
    ("states:startExecution", {}, "ExecutionArn"),
    ("states:startExecution", {"executionArn": "a", "startDate": "d"}, "ExecutionArn"),
    ("states:startExecution", {"ExecutionArn": "a"}, "StartDate"),
    ("states:startExecution.sync", {"ExecutionArn": "a"}, "StateMachineArn"),
    ("aws-sdk:sfn:describeActivity", {"ActivityArn": "a", "Name": "n"}, "CreationDate"),
]
RIGHT: list[tuple[str, Any]] = [
    ("lambda:invoke", {}),
    ("lambda:invoke", {"Payload": "p", "StatusCode": 200, "Unheard": [1]}),
    ("dynamodb:getItem", {"Item": {"k": {"M": {"n": {"L": [{"N": "1"}]}}}}}),
    ("sqs:sendMessage", {"MD5OfMessageBody": "x", "MessageId": "i"}),
    ("aws-sdk:sqs:sendMessage", {"Md5OfMessageBody": "x"}),
    ("aws-sdk:dynamodb:describeTable", {"Table": {"ItemCount": 1.0}}),
    # nothing says what these give
    ("http:invoke", [1]),
    ("apigateway:invoke", 1),
    ("eks:call", 1),
    ("eks:runJob.sync", 1),
    ("states:startExecution.waitForTaskToken", "free"),
    ("aws-sdk:nobodyknows:this", 1),
    ("aws-sdk:s3:doAnything", 1),
    (FUNCTION, None),
    (ACTIVITY, None),
]


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(("integration", "result", "problem"), WRONG)
def test_what_is_there_must_fit(integration: str, result: Any, problem: str, strict: bool) -> None:
    with pytest.raises(ApiError) as refused:
        check_result(resource(integration), result, strict=strict)
    assert refused.value.code == "ValidationException"
    assert refused.value.message == f"Mock result schema validation error: {problem}"


@pytest.mark.parametrize(("integration", "result", "field"), INCOMPLETE)
def test_only_strict_wants_all_required_fields(integration: str, result: Any, field: str) -> None:
    check_result(resource(integration), result, strict=False)
    with pytest.raises(ApiError, match=rf"Required field '{field}' is missing\Z"):
        check_result(resource(integration), result, strict=True)


@pytest.mark.parametrize(("integration", "result"), RIGHT)
def test_what_fits_or_is_unknown_is_let_through(integration: str, result: Any) -> None:
    check_result(resource(integration), result, strict=True)


@pytest.mark.parametrize(
    "integration",
    [
        "athena:startQueryExecution.sync",
        "batch:submitJob.sync",
        "codebuild:startBuild.sync",
        "databrew:startJobRun.sync",
        "ecs:runTask.sync",
        "eks:createCluster.sync",
        "emr-containers:startJobRun.sync",
        "emr-serverless:startJobRun.sync",
        "mediaconvert:createJob.sync",
        "sagemaker:createTrainingJob.sync",
        "elasticmapreduce:addStep.sync",
        "aws-sdk:cognitoidentityprovider:listUsers",
    ],
)
def test_the_operation_behind_an_integration_is_known(integration: str) -> None:
    assert answer_shape(resource(integration)) is not None


@pytest.mark.parametrize(
    ("member", "shown"),
    [
        ("executionArn", "ExecutionArn"),
        ("ETag", "ETag"),
        ("DBInstances", "DbInstances"),
        ("MD5OfMessageBody", "Md5OfMessageBody"),
        ("SSEKMSKeyId", "SsekmsKeyId"),
    ],
)
def test_sdk_fields_are_named_as_in_java(member: str, shown: str) -> None:
    assert java_name(member) == shown
