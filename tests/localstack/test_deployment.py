"""The template on a ground that others wrote: deployed whole, by CloudFormation."""

from __future__ import annotations

import re
from typing import Any

from tests.support.server import ROOT

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
