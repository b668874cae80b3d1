"""Tasks of executions in the local cloud: nested executions and AWS APIs by their SDK names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast

import boto3
import pytest

from asl.engine import Engine
from asl.memory import ManualClock, MemoryJournal, MemoryLog, MemoryMachines
from localcloud.boto import Plug
from localcloud.errors import AwsError
from localcloud.services import sdk_tasks
from localcloud.services.states import Tasks, operations
from localcloud.services.task_errors import task_error
from tests.support.engine import text_of
from tests.support.server import until

PREFIX = "arn:aws:states:us-east-1:000000000000:stateMachine:"
ECHO = {"A": {"Type": "Pass", "Output": "{% {'got': $states.input} %}", "End": True}}


class Cloud:
    """An engine whose tasks call the engine itself, directly and through boto3."""

    def __init__(self) -> None:
        nobody = cast("Any", None)
        tasks = Tasks(nobody, nobody, nobody, nobody)
        self.engine = Engine(
            MemoryJournal(),
            MemoryMachines(),
            tasks,
            lambda batch: None,
            ManualClock(),
            MemoryLog(),
        )
        tasks.states = self.api = self.engine.api
        Plug({"sfn": operations(self.api)}, "us-east-1").install()

    def run(self, resource: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """What becomes of an execution with one task."""
        states = {"T": {"Type": "Task", "Resource": resource, "Arguments": arguments, "End": True}}
        self.api.create_state_machine("parent", text_of(states), "role")
        return self.ended(self.api.start_execution(f"{PREFIX}parent")["executionArn"])

    def ended(self, arn: str) -> dict[str, Any]:
        """The execution, once it has ended."""

        def check() -> Any:
            found = self.api.describe_execution(arn)
            return found if found["status"] != "RUNNING" else None

        answer: dict[str, Any] = until(check, "the execution to end", 20)
        return answer


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    made = Cloud()
    made.api.create_state_machine("child", text_of(ECHO), "role", "EXPRESS")
    yield made
    made.engine.close()


def test_an_express_execution_is_started_and_not_waited_for(cloud: Cloud) -> None:
    ended = cloud.run(
        "arn:aws:states:::states:startExecution",
        {"StateMachineArn": f"{PREFIX}child", "Input": {"a": 1}},
    )
    output = json.loads(ended["output"])
    assert output["ExecutionArn"].startswith("arn:aws:states:us-east-1:000000000000:express:child:")
    assert output["SdkHttpMetadata"]["HttpStatusCode"] == 200


@pytest.mark.parametrize("suffix", [".sync", ".sync:2"])
def test_an_express_execution_cannot_be_a_job(cloud: Cloud, suffix: str) -> None:
    ended = cloud.run(
        f"arn:aws:states:::states:startExecution{suffix}", {"StateMachineArn": f"{PREFIX}child"}
    )
    assert ended["error"] == "StepFunctions.StateMachineTypeNotSupportedException"
    assert ended["cause"].startswith(
        "This operation is not supported by this type of state machine (Service: AWSStepFunctions; "
        "Status Code: 400; Error Code: StateMachineTypeNotSupported; Request ID: "
    )


def test_an_express_execution_is_waited_for_through_the_sdk(cloud: Cloud) -> None:
    ended = cloud.run(
        "arn:aws:states:::aws-sdk:sfn:startSyncExecution",
        {"StateMachineArn": f"{PREFIX}child", "Name": "n", "Input": {"a": 1}},
    )
    output = json.loads(ended["output"])
    assert (output["Status"], output["Output"]) == ("SUCCEEDED", '{"got":{"a":1}}')
    assert output["StartDate"] == "2026-01-01T00:00:00.000Z"
    assert output["BillingDetails"]["BilledMemoryUsedInMB"] == 64
    assert "SdkHttpMetadata" not in output


def test_a_redriven_parent_starts_another_child(cloud: Cloud) -> None:
    cloud.engine.open()
    job = f"{PREFIX}job"
    cloud.api.create_state_machine("job", text_of({"F": {"Type": "Fail", "Error": "E"}}), "role")
    failed = cloud.run("arn:aws:states:::states:startExecution.sync:2", {"StateMachineArn": job})
    assert failed["status"] == "FAILED"
    cloud.api.update_state_machine(job, text_of(ECHO))
    cloud.api.redrive_execution(failed["executionArn"])
    ended = cloud.ended(failed["executionArn"])
    assert (ended["status"], ended["redriveCount"]) == ("SUCCEEDED", 1)
    children = cloud.api.list_executions(job)["executions"]
    assert [child["status"] for child in children] == ["SUCCEEDED", "FAILED"]


def test_an_sdk_call_s_error_is_named_as_aws_names_it(cloud: Cloud) -> None:
    ended = cloud.run("arn:aws:states:::aws-sdk:sfn:sendTaskFailure", {"TaskToken": "no such"})
    assert ended["error"] == "Sfn.InvalidTokenException"
    assert ended["cause"].startswith(
        "Invalid Token: 'Invalid token' (Service: Sfn, Status Code: 400, Request ID: "
    )


def test_a_service_that_is_not_here_is_named(cloud: Cloud) -> None:
    ended = cloud.run("arn:aws:states:::aws-sdk:nothing:getThing", {})
    assert ended["error"] == "NotSupportedLocally"


@pytest.mark.parametrize(
    ("service", "code", "named"),
    [
        ("aws-sdk:dynamodb", "ResourceNotFoundException", "DynamoDb.ResourceNotFoundException"),
        ("dynamodb", "ResourceNotFoundException", "DynamoDB.ResourceNotFoundException"),
        ("aws-sdk:s3", "NoSuchKey", "S3.NoSuchKeyException"),
        ("sns", "InvalidParameter", "SNS.InvalidParameterException"),
        ("sqs", "NotSupportedLocally", "NotSupportedLocally"),
    ],
)
def test_error_names(service: str, code: str, named: str) -> None:
    assert task_error(service, AwsError(code, "why")).error == named


def test_sdk_parameters_and_answers_are_converted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    calls: list[Any] = []

    def put_object(**parameters: Any) -> dict[str, Any]:
        calls.append(parameters)
        return {"ETag": "x", "Expiration": "y"}

    def list_objects_v2(**parameters: Any) -> dict[str, Any]:
        moment = datetime(2026, 1, 31, 12, 0, 0, 5000, UTC)
        return {"Contents": [{"Key": "k", "LastModified": moment}]}

    s3 = {"PutObject": put_object, "ListObjectsV2": list_objects_v2}
    Plug({"s3": s3}, "us-east-1").install()
    body = {"Bucket": "b", "Key": "k", "Body": {"a": [1]}, "Metadata": {"n": 5}}
    assert sdk_tasks.call("s3", "putObject", body) == {"ETag": "x", "Expiration": "y"}
    sent = {"Bucket": "b", "Key": "k", "Body": '{"a":[1]}', "Metadata": {"n": "5"}}
    assert calls == [sent]
    listed = sdk_tasks.call("s3", "listObjectsV2", {"Bucket": "b"})
    assert listed == {"Contents": [{"Key": "k", "LastModified": "2026-01-31T12:00:00.005Z"}]}
    with pytest.raises(AwsError, match="getNothing"):
        sdk_tasks.call("s3", "getNothing", {})
