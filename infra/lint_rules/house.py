"""What every resource of Statewright's SAM templates must have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch

Template = dict[str, Any]
Found = Iterator[tuple[str, str]]
"""Logical id and what is wrong with it."""
PATIENCE = 6
"""Times the function's time limit that a queue hides a message: AWS's advice for event sources."""
_ENCRYPTED = {
    "AWS::SQS::Queue": "KmsMasterKeyId",
    "AWS::SNS::Topic": "KmsMasterKeyId",
    "AWS::S3::Bucket": "BucketEncryption",
    "AWS::SecretsManager::Secret": "KmsKeyId",
    "AWS::RDS::DBCluster": "StorageEncrypted",
    "AWS::Backup::BackupVault": "EncryptionKeyArn",
}

_FUNCTION = {
    "Architectures": ["arm64"],
    "Tracing": "Active",
    "AutoPublishAlias": "live",
    "VersionDeletionPolicy": "Delete",
}
_SNAP_START = [{"ApplyOn": {"Ref": name}} for name in ("SnapStart", "PathSnapStart")]
"""Each version that is kept with a snapshot costs money by the hour, so whoever deploys chooses."""


class _HouseRule(CloudFormationLintRule):  # type: ignore[misc]
    source_url = "docs/operating.md"
    tags = ["statewright"]

    def match(self, cfn: Any) -> list[RuleMatch]:
        """cfn-lint's entry."""
        return [
            RuleMatch(["Resources", name], f"{name}: {message}")
            for name, message in self._findings(cfn.template)
        ]

    def _findings(self, template: Template) -> Found:
        raise NotImplementedError


def of_kind(template: Template, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Logical id and properties of the resources of a type."""
    for name, resource in template["Resources"].items():
        if resource["Type"] == kind:
            yield name, resource.get("Properties", {})


def functions(template: Template) -> Iterator[tuple[str, dict[str, Any]]]:
    """Logical id and properties of the functions, with what is said for all of them."""
    shared = template.get("Globals", {}).get("Function", {})
    for name, properties in of_kind(template, "AWS::Serverless::Function"):
        yield name, {**shared, **properties}


def referred(value: Any) -> str | None:
    """The logical id that ``Ref`` or ``GetAtt`` names."""
    if not isinstance(value, dict):
        return None
    target = value.get("Ref", value.get("Fn::GetAtt"))
    text = target[0] if isinstance(target, list) else target
    return None if text is None else str(text).split(".", maxsplit=1)[0]


class LogGroupRule(_HouseRule):
    """Each function writes to a log group of the template, which forgets after a time."""

    id = "E9001"
    shortdesc = description = "Functions log to a group with a retention"

    def _findings(self, template: Template) -> Found:
        for name, properties in functions(template):
            group = referred(properties.get("LoggingConfig", {}).get("LogGroup"))
            if group not in template["Resources"]:
                yield name, "has no LoggingConfig with a LogGroup of this template"
        for name, properties in of_kind(template, "AWS::Logs::LogGroup"):
            if "RetentionInDays" not in properties:
                yield name, "keeps its logs for ever: set RetentionInDays"


class AlarmRule(_HouseRule):
    """What a log group counts as failures raises an alarm, which names its runbook."""

    id = "E9002"
    shortdesc = description = "Functions have an alarm, and alarms have a runbook"

    def _findings(self, template: Template) -> Found:
        filters = {
            referred(properties["LogGroupName"]): properties["MetricTransformations"][0][
                "MetricName"
            ]
            for _, properties in of_kind(template, "AWS::Logs::MetricFilter")
        }
        alarms = dict(of_kind(template, "AWS::CloudWatch::Alarm"))
        watched = {alarm["MetricName"] for alarm in alarms.values()}
        for name, properties in functions(template):
            group = referred(properties.get("LoggingConfig", {}).get("LogGroup"))
            if filters.get(group) not in watched:
                yield (
                    name,
                    "nobody is told when it fails: no metric filter and alarm of its log group",
                )
        for name, alarm in alarms.items():
            if "docs/runbooks.md#" not in str(alarm.get("AlarmDescription")):
                yield name, "its AlarmDescription names no runbook"
            if not alarm.get("AlarmActions"):
                yield name, "it tells nobody: no AlarmActions"


class VisibilityRule(_HouseRule):
    """A message is not delivered again while it is being worked on."""

    id = "E9003"
    shortdesc = description = "A queue hides messages for six times the function's time limit"

    def _findings(self, template: Template) -> Found:
        queues = dict(of_kind(template, "AWS::SQS::Queue"))
        for name, function in functions(template):
            for event in function.get("Events", {}).values():
                queue = queues.get(referred(event.get("Properties", {}).get("Queue")) or "")
                needed = PATIENCE * function["Timeout"]
                if queue is not None and queue.get("VisibilityTimeout", 30) < needed:
                    yield name, f"its queue must hide messages for {needed} s (VisibilityTimeout)"


class DeadLettersRule(_HouseRule):
    """What cannot be worked on is put aside, not lost and not tried for ever."""

    id = "E9004"
    shortdesc = description = "Queues have dead letters, which are kept for 14 days"

    def _findings(self, template: Template) -> Found:
        queues = dict(of_kind(template, "AWS::SQS::Queue"))
        policies = [queue["RedrivePolicy"] for queue in queues.values() if "RedrivePolicy" in queue]
        targets = {referred(policy["deadLetterTargetArn"]) for policy in policies}
        for name, queue in queues.items():
            if name in targets and queue.get("MessageRetentionPeriod") != 1209600:
                yield name, "dead letters are not kept for 14 days: MessageRetentionPeriod 1209600"
            if name not in targets and "RedrivePolicy" not in queue:
                yield name, "it has no RedrivePolicy, and no queue's dead letters go there"


class DeliveryRule(_HouseRule):
    """What a rule or a topic cannot deliver is put aside, in a queue that it may write to."""

    id = "E9008"
    shortdesc = description = "Rules' targets and topics' subscriptions have dead letters"

    def _findings(self, template: Template) -> Found:
        policies = of_kind(template, "AWS::SQS::QueuePolicy")
        writable = {referred(queue) for _, policy in policies for queue in policy["Queues"]}
        for name, letters in _deliveries(template):
            if letters is None:
                yield name, "what it cannot deliver is lost: DeadLetterConfig or RedrivePolicy"
            elif letters not in writable:
                yield name, f"no AWS::SQS::QueuePolicy lets it write to {letters}"


def _deliveries(template: Template) -> Iterator[tuple[str, str | None]]:
    """Each rule's target and each subscription, with the queue of its dead letters. A mail that
    cannot be delivered is the mail server's to tell."""
    for name, rule in of_kind(template, "AWS::Events::Rule"):
        for target in rule["Targets"]:
            yield name, referred(target.get("DeadLetterConfig", {}).get("Arn"))
    for name, subscription in of_kind(template, "AWS::SNS::Subscription"):
        if subscription.get("Protocol") == "email":
            continue
        yield name, referred(subscription.get("RedrivePolicy", {}).get("deadLetterTargetArn"))


class EncryptionRule(_HouseRule):
    """What is at rest is encrypted."""

    id = "E9005"
    shortdesc = description = (
        "Queues, topics, buckets, secrets, databases and backups are encrypted"
    )

    def _findings(self, template: Template) -> Found:
        for kind, wanted in _ENCRYPTED.items():
            for name, properties in of_kind(template, kind):
                if not properties.get(wanted):
                    yield name, f"it is not encrypted with a key: {wanted}"


class ActionsRule(_HouseRule):
    """A role may do what is named."""

    id = "E9006"
    shortdesc = description = "Policies name their actions"

    def _findings(self, template: Template) -> Found:
        for name, resource in template["Resources"].items():
            for action in _actions(resource.get("Properties", {})):
                if "*" in action and resource["Type"] != "AWS::KMS::Key":
                    yield name, f"the action {action} is a pattern: name what is called"


def _actions(properties: dict[str, Any]) -> Iterator[str]:
    policies = [policy for policy in properties.get("Policies", []) if isinstance(policy, dict)]
    for policy in [*policies, properties]:
        document = policy.get("PolicyDocument", policy)
        for statement in document.get("Statement", []):
            actions = statement.get("Action", [])
            yield from [actions] if isinstance(actions, str) else actions


class FunctionRule(_HouseRule):
    """Graviton, tracing, and versions behind the alias that the API calls."""

    id = "E9007"
    shortdesc = description = (
        "Functions run on arm64, are traced, have one version behind the alias live"
    )

    def _findings(self, template: Template) -> Found:
        for name, properties in functions(template):
            for key, wanted in _FUNCTION.items():
                if properties.get(key) != wanted:
                    yield name, f"{key} is not {wanted} (see Globals of the other stacks)"
            if properties.get("SnapStart") not in _SNAP_START:
                yield (
                    name,
                    "SnapStart is not a parameter's to say (see Globals of the other stacks)",
                )
            if "VpcConfig" not in properties:
                yield name, "it cannot reach a managed database: no VpcConfig"
