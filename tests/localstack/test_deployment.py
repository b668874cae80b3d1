"""The template on a ground that others wrote: deployed whole, by CloudFormation."""

from __future__ import annotations

import re
from typing import Any

from statewright_cli.dead_letters import find, redrive
from tests.localstack.server import STACK
from tests.support.server import ROOT, until

LEFT_OUT = re.compile(r'No resource provider found for "([^"]+)"')


def test_only_the_listed_types_are_left_out(server: Any) -> None:
    log = (server.data / "localstack.log").read_text()
    listed = re.findall(r"`(AWS::\w+::\w+)`", (ROOT / "docs" / "localstack.md").read_text())
    assert set(LEFT_OUT.findall(log)) == set(listed)


def test_every_nested_stack_is_complete(server: Any) -> None:
    stacks = server.client("cloudformation").describe_stacks()["Stacks"]
    assert {stack["StackStatus"] for stack in stacks} == {"CREATE_COMPLETE"}
    text = (ROOT / "template.yaml").read_text()
    nested = re.findall(r"Type: AWS::Serverless::Application\n    (?!Condition:)", text)
    assert len(stacks) == 1 + len(nested), "those with conditions are for AWS only"


def test_secrets_and_keys_are_the_templates(server: Any) -> None:
    secret = server.client("secretsmanager").describe_secret(SecretId="statewright/signing")
    key = server.client("kms").describe_key(KeyId=secret["KmsKeyId"])["KeyMetadata"]
    assert key["Description"] == "Encrypts Statewright's secrets, queues and files."


def test_dead_letters_go_back_also_those_that_no_queue_gave_up(server: Any) -> None:
    """As EventBridge and SNS put them there. A sending that is not there any more is dropped."""
    sqs, name = server.client("sqs"), f"{STACK}-webhooks-dead"

    def letters() -> int:
        return next(one.count for one in find(sqs, STACK) if one.name == name)

    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="01a20b37-e7f4-7659-b905-95d6f9ea1fd6")
    until(lambda: letters() == 1, "the dead letter")
    assert redrive(sqs, STACK, name) == 1
    until(lambda: letters() == 0, "its leaving")
    there = sqs.get_queue_url(QueueName=f"{STACK}-webhooks")["QueueUrl"]
    counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def waiting() -> set[str]:
        found = sqs.get_queue_attributes(QueueUrl=there, AttributeNames=counts)
        return set(found["Attributes"].values())

    until(lambda: waiting() == {"0"}, "its being taken")
