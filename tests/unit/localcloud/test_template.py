"""Templates: intrinsic functions, nested stacks, what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from localcloud.errors import TemplateError
from localcloud.resources import attribute_of
from localcloud.template import Stack

PSEUDO = {"AWS::StackName": "s", "AWS::Region": "r", "AWS::AccountId": "1", "AWS::Partition": "aws"}


def resources(folder: Path, text: str, **values: Any) -> dict[str, dict[str, Any]]:
    (folder / "t.yaml").write_text(text)
    stack = Stack(folder / "t.yaml", {**PSEUDO, **values}, attribute_of)
    return {resource.id: resource.properties for resource in stack.resources()}


def test_intrinsic_functions(tmp_path: Path) -> None:
    text = """
Parameters: {P: {Type: String, Default: p}, Q: {Type: String}}
Conditions: {Is: !Equals [!Ref P, p], Not: !Not [!Condition Is]}
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "${AWS::StackName}-q"}}
  Skipped: {Type: AWS::SQS::Queue, Condition: Not}
  R:
    Type: X
    Properties:
      Sub: !Sub ["${A}-${!literal}-${P}", {A: !Ref Q}]
      Arn: !GetAtt Queue.Arn
      Url: !Ref Queue
      If: !If [Is, 1, 2]
      Join: !Join ["/", [a, !Ref P]]
      Select: !Select [1, !Split [",", "x,y"]]
      Gone: !If [Not, 1, !Ref "AWS::NoValue"]
"""
    found = resources(tmp_path, text, Q="q")
    assert "Skipped" not in found
    assert found["R"] == {
        "Sub": "q-${literal}-p",
        "Arn": "arn:aws:sqs:us-east-1:000000000000:s-q",
        "Url": "https://sqs.us-east-1.amazonaws.com/000000000000/s-q",
        "If": 1,
        "Join": "a/p",
        "Select": "y",
    }


def test_nested_stacks_and_globals(tmp_path: Path) -> None:
    (tmp_path / "inner.yaml").write_text(
        """
Parameters: {Prefix: {Type: String}}
Globals: {Function: {Timeout: 3, Environment: {Variables: {A: 1, B: 2}}}}
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {Environment: {Variables: {B: !Ref Prefix}}}}
"""
    )
    outer = """
Resources:
  Inner: {Type: AWS::Serverless::Application, Properties: {Location: inner.yaml, Parameters: {Prefix: x}}}
"""
    found = resources(tmp_path, outer)
    assert found["F"] == {"Timeout": 3, "Environment": {"Variables": {"A": 1, "B": "x"}}}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Parameters: {P: {Type: String}}\nResources: {}", "no value for P"),
        ("Resources: {R: {Type: X, Properties: {A: !Ref Nope}}}", "no parameter or resource Nope"),
        ("Resources: {R: {Type: X, Properties: {A: !Cidr [1, 2]}}}", "Fn::Cidr is not supported"),
        ("Resources: {R: {Type: X, Properties: {A: !GetAtt R.Nope}}}", "has no attribute Nope"),
    ],
)
def test_what_is_not_supported_is_said(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(TemplateError, match=words):
        resources(tmp_path, text)
