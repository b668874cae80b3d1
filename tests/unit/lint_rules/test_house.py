"""Each house rule is silent about a good template and names what a bad one lacks."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from cfnlint.api import lint_file
from cfnlint.config import ManualArgs
from cfnlint.rules import CloudFormationLintRule

from lint_rules import house
from tests.support.server import ROOT

GOOD: dict[str, Any] = yaml.safe_load("""
Transform: AWS::Serverless-2016-10-31
Parameters: {Key: {Type: String}, Topic: {Type: String}, SnapStart: {Type: String}}
Resources:
  Logs:
    Type: AWS::Logs::LogGroup
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties: {RetentionInDays: 30}
  Failures:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: {Ref: Logs}
      FilterPattern: x
      MetricTransformations: [{MetricNamespace: s, MetricName: failures, MetricValue: "1"}]
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmDescription: "Runbook: docs/runbooks.md#failures"
      AlarmActions: [{Ref: Topic}]
      Namespace: s
      MetricName: failures
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      Threshold: 0
      ComparisonOperator: GreaterThanThreshold
  Dead:
    Type: AWS::SQS::Queue
    Properties: {KmsMasterKeyId: {Ref: Key}, MessageRetentionPeriod: 1209600}
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      KmsMasterKeyId: {Ref: Key}
      VisibilityTimeout: 60
      RedrivePolicy: {deadLetterTargetArn: {"Fn::GetAtt": [Dead, Arn]}, maxReceiveCount: 5}
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [{Ref: Queue}, {Ref: Dead}]
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {Service: events.amazonaws.com}, Action: "sqs:SendMessage", Resource: "*"}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [aws.states]}
      Targets: [{Id: queue, Arn: {"Fn::GetAtt": [Queue, Arn]}, DeadLetterConfig: {Arn: {"Fn::GetAtt": [Dead, Arn]}}}]
  Subscription:
    Type: AWS::SNS::Subscription
    Properties:
      TopicArn: {Ref: Topic}
      Protocol: sqs
      Endpoint: {"Fn::GetAtt": [Queue, Arn]}
      RedrivePolicy: {deadLetterTargetArn: {"Fn::GetAtt": [Dead, Arn]}}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: x
      Handler: index.handler
      Runtime: python3.12
      Architectures: [arm64]
      Timeout: 10
      Tracing: Active
      SnapStart: {ApplyOn: {Ref: SnapStart}}
      AutoPublishAlias: live
      VersionDeletionPolicy: Delete
      VpcConfig: {SubnetIds: [subnet-12345678], SecurityGroupIds: [sg-12345678]}
      LoggingConfig: {LogGroup: {Ref: Logs}, LogFormat: JSON}
      Policies: [{Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: "*"}]}]
      Events:
        Work: {Type: SQS, Properties: {Queue: {"Fn::GetAtt": [Queue, Arn]}}}
""")
RULES_FOLDER = ROOT / "infra" / "lint_rules"
Change = Callable[[dict[str, Any]], Any]


RULES = [
    rule
    for rule in vars(house).values()
    if isinstance(rule, type) and issubclass(rule, CloudFormationLintRule) and rule.id
]


def findings(template: dict[str, Any]) -> set[str]:
    return {rule.id for rule in RULES if rule().match(SimpleNamespace(template=template))}


def test_cfn_lint_runs_the_rules(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(
        yaml.safe_dump(changed(lambda r: r["Logs"]["Properties"].pop("RetentionInDays")))
    )
    found = lint_file(tmp_path / "t.yaml", config=ManualArgs(append_rules=[str(RULES_FOLDER)]))
    assert [match.rule.id for match in found if match.rule.id.startswith("E9")] == ["E9001"]
    assert str(RULES_FOLDER.relative_to(ROOT)) in (ROOT / ".cfnlintrc").read_text()


def changed(change: Change) -> dict[str, Any]:
    template = copy.deepcopy(GOOD)
    change(template["Resources"])
    return template


def test_a_good_template_is_not_found_fault_with() -> None:
    assert findings(GOOD) == set()


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("E9001", lambda r: r["Logs"]["Properties"].pop("RetentionInDays")),
        ("E9002", lambda r: r.pop("Failures")),
        ("E9002", lambda r: r["Alarm"]["Properties"].update(AlarmDescription="Oh")),
        ("E9002", lambda r: r["Alarm"]["Properties"].pop("AlarmActions")),
        ("E9003", lambda r: r["Queue"]["Properties"].update(VisibilityTimeout=59)),
        ("E9004", lambda r: r["Queue"]["Properties"].pop("RedrivePolicy")),
        ("E9004", lambda r: r["Dead"]["Properties"].update(MessageRetentionPeriod=60)),
        ("E9008", lambda r: r["Rule"]["Properties"]["Targets"][0].pop("DeadLetterConfig")),
        ("E9008", lambda r: r["Subscription"]["Properties"].pop("RedrivePolicy")),
        ("E9008", lambda r: r["Policy"]["Properties"].update(Queues=[{"Ref": "Queue"}])),
        ("E9005", lambda r: r["Queue"]["Properties"].pop("KmsMasterKeyId")),
        ("E9006", lambda r: statement(r).update(Action=["sqs:*"])),
        ("E9007", lambda r: r["Work"]["Properties"].update(Architectures=["x86_64"])),
        ("E9007", lambda r: r["Work"]["Properties"].pop("AutoPublishAlias")),
        ("E9007", lambda r: r["Work"]["Properties"].pop("SnapStart")),
        ("E9007", lambda r: r["Work"]["Properties"].update(SnapStart={"ApplyOn": "None"})),
        ("E9007", lambda r: r["Work"]["Properties"].pop("VersionDeletionPolicy")),
        ("E9007", lambda r: r["Work"]["Properties"].pop("Tracing")),
        ("E9007", lambda r: r["Work"]["Properties"].pop("VpcConfig")),
    ],
)
def test_what_is_missing_is_found(rule: str, change: Change) -> None:
    assert findings(changed(change)) == {rule}


def test_a_function_without_a_log_group_is_found() -> None:
    template = changed(lambda r: r["Work"]["Properties"].pop("LoggingConfig"))
    assert findings(template) == {"E9001", "E9002"}


def statement(resources: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = resources["Work"]["Properties"]["Policies"][0]["Statement"][0]
    return found
