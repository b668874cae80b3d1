"""Given-up messages are counted, and go back to the queue that they came from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from statewright_cli.dead_letters import find, redrive


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    with mock_aws():
        client = boto3.client("sqs", region_name="us-east-1")
        for stack in ("one", "two"):
            dead = client.create_queue(QueueName=f"{stack}-work-dead")["QueueUrl"]
            policy = {"deadLetterTargetArn": arn(client, dead), "maxReceiveCount": 1}
            attributes = {"RedrivePolicy": json.dumps(policy), "VisibilityTimeout": "0"}
            client.create_queue(QueueName=f"{stack}-work", Attributes=attributes)
        yield client


def arn(sqs: Any, url: str) -> str:
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return str(answer["Attributes"]["QueueArn"])


def give_up(sqs: Any, stack: str) -> str:
    url = sqs.get_queue_url(QueueName=f"{stack}-work")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="m")
    for _ in range(2):
        sqs.receive_message(QueueUrl=url)
    return str(url)


def test_a_stacks_dead_letters_are_listed(sqs: Any) -> None:
    give_up(sqs, "one")
    assert [(letters.name, letters.count) for letters in find(sqs, "one")] == [("one-work-dead", 1)]
    assert [(letters.name, letters.count) for letters in find(sqs, "two")] == [("two-work-dead", 0)]


def test_they_go_back_to_where_they_came_from(sqs: Any) -> None:
    """The call is checked against SQS's model; moto has no such operation."""
    calls = []

    def take(params: dict[str, Any], **_: Any) -> tuple[SimpleNamespace, dict[str, Any]]:
        calls.append(json.loads(params["body"]))
        return SimpleNamespace(status_code=200), {"TaskHandle": "t"}

    sqs.meta.events.register("before-call.sqs.StartMessageMoveTask", take)
    assert redrive(sqs, "one", "one-work-dead") == 0
    give_up(sqs, "one")
    assert redrive(sqs, "one", "one-work-dead") == 1
    url = sqs.get_queue_url(QueueName="one-work-dead")["QueueUrl"]
    there = sqs.get_queue_url(QueueName="one-work")["QueueUrl"]
    assert calls == [{"SourceArn": arn(sqs, url), "DestinationArn": arn(sqs, there)}]


def test_another_stacks_queue_is_not_touched(sqs: Any) -> None:
    give_up(sqs, "two")
    with pytest.raises(LookupError, match="one has no queue of dead letters named two-work-dead"):
        redrive(sqs, "one", "two-work-dead")
    assert [letters.count for letters in find(sqs, "two")] == [1]
