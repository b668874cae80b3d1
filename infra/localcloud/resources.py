"""From the template's resources to things of the local cloud."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from localcloud.errors import AwsError, TemplateError
from localcloud.functions import Function, LambdaHost
from localcloud.services.event_rules import Rule, Target
from localcloud.services.events import Events
from localcloud.services.feeding import Mapping, Queue
from localcloud.services.keys import SecretsManager
from localcloud.services.logs import Logs
from localcloud.services.mail import Ses
from localcloud.services.objects import S3
from localcloud.services.scheduler import Scheduler
from localcloud.services.sns import Sns, Subscription
from localcloud.services.sqs import Sqs
from localcloud.services.websockets import WebSockets
from localcloud.template import Resource

ACCOUNT = "000000000000"
REGION = "us-east-1"
ASYNC = "async-"
ASYNC_ATTEMPTS = 3
"""Attempts of an asynchronous invocation (Lambda: the first and two more)."""
_PUBLISHING = {
    "AWS::SES::ConfigurationSetEventDestination",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
}
_NOTHING_TO_DO = {
    "AWS::IAM::ManagedPolicy",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::Lambda::Permission",
    "AWS::Logs::MetricFilter",
    "AWS::SES::ConfigurationSet",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::Serverless::LayerVersion",
}


@dataclass(slots=True)
class Resources:
    """What the template's resources became."""

    host: LambdaHost
    sqs: Sqs
    sns: Sns
    events: Events
    s3: S3
    secrets: SecretsManager
    logs: Logs
    ses: Ses
    sockets: WebSockets
    environment: dict[str, str] = field(default_factory=dict)
    mappings: list[Mapping] = field(default_factory=list)
    schedules: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, expression and target's ARN."""
    schedule_groups: list[str] = field(default_factory=list)
    machines: list[tuple[str, str]] = field(default_factory=list)
    """Name and definition of the template's own state machines."""
    later: list[Callable[[], None]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def finish(self) -> None:
        """Connects what needed every resource to be there first."""
        for connect in self.later:
            connect()

    def begin(self, scheduler: Scheduler) -> None:
        """Lets queues and schedules call functions."""
        for mapping in self.mappings:
            self.sqs.map(mapping)
        self._resume_async()
        for group in self.schedule_groups:
            scheduler.add_group(group)
        for name, expression, target in self.schedules:
            scheduler.keep(name, expression, target)

    def deliver(self, target: str, texts: Sequence[str]) -> None:
        """Takes events or messages to a queue, a topic or (asynchronously) a function."""
        service = target.split(":")[2]
        match service:
            case "sqs":
                self.sqs.send(self.sqs.find(target), texts)
            case "sns":
                for text in texts:
                    self.sns.publish(text, target)
            case "lambda":
                self.sqs.send(self.async_queue(self.host.find(target).name), texts)
            case _:
                raise AwsError("NotSupportedLocally", f"Nothing can be delivered to {target}")

    def async_queue(self, function: str) -> Queue:
        """Where a function's asynchronous invocations wait: durable, and retried as Lambda does."""
        name = f"{ASYNC}{function}"
        with self.lock:
            if not self.sqs.has(name):
                queue = Queue(name, arn("sqs", name), "", 60, f"{ASYNC}dead", ASYNC_ATTEMPTS)
                self.sqs.add(queue)
                self.sqs.map(Mapping(name, function, batch_size=1, raw=True))
        return self.sqs.find(name)

    def _resume_async(self) -> None:
        """Goes on with asynchronous invocations that were waiting at the last stop."""
        for name in self.sqs.waiting(ASYNC):
            if name != f"{ASYNC}dead":
                self.async_queue(name.removeprefix(ASYNC))

    def lambda_operations(self) -> dict[str, Any]:
        """AWS Lambda's supported API operations."""
        return {"Invoke": self.invoke}

    def invoke(
        self,
        FunctionName: str,
        Payload: Any = b"{}",
        InvocationType: str = "RequestResponse",
        **_: Any,
    ) -> dict[str, Any]:
        """https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"""
        payload = Payload.encode() if isinstance(Payload, str) else bytes(Payload)
        function = self.host.find(FunctionName)
        if InvocationType == "Event":
            self.deliver(function.arn, [payload.decode()])
            return {"StatusCode": 202, "Payload": BytesIO()}
        outcome = self.host.invoke(FunctionName, payload)
        answer: dict[str, Any] = {"StatusCode": 200, "Payload": BytesIO(outcome.payload)}
        if outcome.error is not None:
            answer["FunctionError"] = outcome.error
        return answer


def arn(service: str, name: str) -> str:
    """The ARN of a resource of this cloud."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}"


def attribute_of(kind: str, properties: dict[str, Any], attribute: str | None) -> str:
    """``Ref`` and ``GetAtt`` of a resource. The template decides names, so none is pending."""
    logical = properties["LogicalId"]
    match kind, attribute:
        case "AWS::SQS::Queue", None:
            return _queue_url(properties["QueueName"])
        case "AWS::SQS::Queue", "Arn":
            return arn("sqs", properties["QueueName"])
        case (("AWS::SNS::Topic" | "AWS::Serverless::StateMachine"), _):
            return _named_arn(kind, properties)
        case "AWS::Events::Rule", "Arn":
            return arn("events", f"rule/{logical}")
        case (("AWS::Scheduler::ScheduleGroup" | "AWS::SecretsManager::Secret"), None):
            return str(properties.get("Name", logical))
        case "AWS::KMS::Key", "Arn":
            return arn("kms", "key/local")
        case "AWS::IAM::Role", "Arn":
            return f"arn:aws:iam::{ACCOUNT}:role/{logical}"
        case "AWS::Serverless::Function", "Arn":
            return arn("lambda", f"function:{properties['FunctionName']}")
        case "AWS::Logs::LogGroup", (None | "Arn"):
            name = str(properties.get("LogGroupName", logical))
            return name if attribute is None else arn("logs", f"log-group:{name}:*")
        case "AWS::S3::Bucket", (None | "Arn"):
            bucket = str(properties.get("BucketName", logical.lower()))
            return bucket if attribute is None else f"arn:aws:s3:::{bucket}"
        case _, None:
            return str(logical)
    raise TemplateError(f"{kind} has no attribute {attribute} locally")


def _named_arn(kind: str, properties: dict[str, Any]) -> str:
    if kind == "AWS::SNS::Topic":
        return arn("sns", properties["TopicName"])
    return arn("states", f"stateMachine:{properties['Name']}")


def add_resource(found: Resources, resource: Resource, root: Path) -> None:
    """Makes one resource.

    Raises:
        TemplateError: its type is not supported locally.
    """
    properties = resource.properties
    match resource.kind:
        case "AWS::Serverless::Function":
            _add_function(found, resource, root)
        case "AWS::SQS::Queue":
            found.sqs.add(_queue(properties))
        case kind if kind in _PUBLISHING:
            _add_publishing(found, resource.kind, properties)
        case "AWS::Events::Rule":
            targets = tuple(Target(target["Arn"], target["Id"]) for target in properties["Targets"])
            name = f"{resource.stack}-{resource.id}"
            found.events.add(Rule(name, properties["EventPattern"], targets))
        case "AWS::Scheduler::ScheduleGroup":
            found.schedule_groups.append(properties["Name"])
        case "AWS::Logs::LogGroup":
            days = int(properties.get("RetentionInDays", 0))
            found.logs.add(properties.get("LogGroupName", resource.id), days)
        case "AWS::Serverless::StateMachine":
            found.machines.append((properties["Name"], _definition(resource)))
        case "AWS::S3::Bucket":
            found.s3.add(
                attribute_of(resource.kind, {"LogicalId": resource.id, **properties}, None)
            )
        case "AWS::SecretsManager::Secret":
            length = properties["GenerateSecretString"]["PasswordLength"]
            found.secrets.ensure(properties["Name"], length)
        case _:
            _add_other(found, resource)


def _add_other(found: Resources, resource: Resource) -> None:
    if resource.kind.startswith("AWS::ApiGatewayV2::"):
        kind = resource.kind.rpartition("::")[2]
        found.sockets.add(kind, resource.id, resource.properties)
    elif resource.kind not in _NOTHING_TO_DO:
        raise TemplateError(f"{resource.id}: {resource.kind} is not supported locally")


def _add_publishing(found: Resources, kind: str, properties: dict[str, Any]) -> None:
    match kind:
        case "AWS::SNS::Topic":
            found.sns.add_topic(arn("sns", properties["TopicName"]))
        case "AWS::SNS::Subscription":
            found.later.append(lambda: found.sns.subscribe(_subscription(properties)))
        case _:
            topic = properties["EventDestination"]["SnsDestination"]["TopicARN"]
            found.ses.add_destination(properties["ConfigurationSetName"], topic)


def _add_function(found: Resources, resource: Resource, root: Path) -> None:
    properties = resource.properties
    folder = (resource.folder / properties["CodeUri"]).resolve()
    package = ".".join(folder.relative_to(root.resolve()).parts)
    module, _, attribute = properties["Handler"].rpartition(".")
    name = properties["FunctionName"]
    function = Function(
        name,
        arn("lambda", f"function:{name}"),
        f"{package}.{module}",
        attribute,
        float(properties["Timeout"]),
        int(properties["MemorySize"]),
    )
    found.host.add(function)
    _merge_environment(found, name, properties["Environment"]["Variables"])
    for key, event in properties.get("Events", {}).items():
        match event["Type"]:
            case "SQS":
                found.mappings.append(_mapping(name, event["Properties"]))
            case "ScheduleV2":
                expression = event["Properties"]["ScheduleExpression"]
                found.schedules.append((f"{name}-{key}", expression, function.arn))
            case "CloudWatchLogs":
                _subscribe(found, event["Properties"], function.arn)
            case kind:
                raise TemplateError(f"{name}: events of type {kind} are not supported locally")


def _subscribe(found: Resources, properties: dict[str, Any], function_arn: str) -> None:
    take = lambda text: found.deliver(function_arn, [text])  # noqa: E731
    found.logs.subscribe(properties["LogGroupName"], take, properties["FilterPattern"])


def _definition(resource: Resource) -> str:
    """A state machine's definition with its substitutions, as CloudFormation makes them."""
    text = (resource.folder / resource.properties["DefinitionUri"]).read_text()
    for name, value in resource.properties.get("DefinitionSubstitutions", {}).items():
        text = text.replace(f"${{{name}}}", str(value))
    return str(text)


def _merge_environment(found: Resources, name: str, variables: dict[str, Any]) -> None:
    """All functions share this process's environment, so they must agree on it."""
    for key, value in variables.items():
        if found.environment.setdefault(key, str(value)) != str(value):
            raise TemplateError(f"{name}: another function has another value for {key}")


def _mapping(function: str, properties: dict[str, Any]) -> Mapping:
    return Mapping(
        properties["Queue"],
        function,
        int(properties.get("BatchSize", 10)),
        float(properties.get("MaximumBatchingWindowInSeconds", 0)),
        "ReportBatchItemFailures" in properties.get("FunctionResponseTypes", []),
        int(properties.get("ScalingConfig", {}).get("MaximumConcurrency", 1)),
    )


def _queue(properties: dict[str, Any]) -> Queue:
    name, redrive = properties["QueueName"], properties.get("RedrivePolicy", {})
    if properties.get("FifoQueue"):
        raise TemplateError(f"{name}: FIFO queues are not supported locally")
    dead = redrive.get("deadLetterTargetArn")
    return Queue(
        name,
        arn("sqs", name),
        _queue_url(name),
        int(properties.get("VisibilityTimeout", 30)),
        None if dead is None else dead.rsplit(":", 1)[1],
        int(redrive.get("maxReceiveCount", 0)),
    )


def _subscription(properties: dict[str, Any]) -> Subscription:
    return Subscription(
        properties["TopicArn"],
        properties["Endpoint"],
        bool(properties.get("RawMessageDelivery", False)),
        properties.get("FilterPolicy"),
    )


def _queue_url(name: str) -> str:
    return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"
