"""Notes which function asks AWS for what: each call as the IAM action and resource that it needs.

What a call needs besides its own action is noted too: handing on a role, and the key that encrypts
what is read or written. Actions and resources are those of
https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from urllib.parse import unquote

running: ContextVar[str] = ContextVar("running", default="")
"""The name of the function that runs here."""

Parameters = Mapping[str, Any]
Need = tuple[str, str]
"""An action and a resource."""

_PREFIXES = {
    "apigatewaymanagementapi": "execute-api",
    "cloudwatch-logs": "logs",
    "eventbridge": "events",
    "secrets-manager": "secretsmanager",
    "sesv2": "ses",
    "sfn": "states",
}
_ACTIONS = {
    "execute-api:PostToConnection": "execute-api:ManageConnections",
    "execute-api:DeleteConnection": "execute-api:ManageConnections",
    "execute-api:GetConnection": "execute-api:ManageConnections",
    "lambda:Invoke": "lambda:InvokeFunction",
    "s3:CopyObject": "s3:PutObject",
    "s3:HeadObject": "s3:GetObject",
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:ListObjectsV2": "s3:ListBucket",
    "sns:PublishBatch": "sns:Publish",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}
_ROLES = ("roleArn", "RoleArn")
_WRITES = {"sqs:SendMessage", "sns:Publish", "s3:PutObject"}
"""Put something where everything is encrypted with the deployment's key."""
_READS = {"s3:GetObject", "secretsmanager:GetSecretValue"}


class Calls:
    """Writes each new need to a file, one JSON object a line."""

    def __init__(self, file: Path, account: str, region: str):
        self._file = file
        self._place = f"{region}:{account}"
        self._seen: set[str] = set()
        self._lock = threading.Lock()

    def note(self, service: str, operation: str, parameters: Parameters) -> None:
        """Notes a call of the function that runs in this context, if one does."""
        function = running.get()
        if not function:
            return
        for action, resource in needs(self._place, service, operation, parameters):
            need = {"function": function, "action": action, "resource": resource}
            keys = condition_keys(service, action, parameters)
            self._write(json.dumps(need | ({"keys": keys} if keys else {})))

    def _write(self, line: str) -> None:
        with self._lock:
            if line in self._seen:
                return
            self._seen.add(line)
            with self._file.open("a") as file:
                file.write(line + "\n")


def needs(place: str, service: str, operation: str, parameters: Parameters) -> Iterator[Need]:
    """What a call needs.

    Args:
        place: region and account, as in ARNs.
    """
    prefix = _PREFIXES.get(service, service)
    action = _ACTIONS.get(f"{prefix}:{operation}", f"{prefix}:{operation}")
    yield action, _resource(prefix, place, parameters)
    if parameters.get("publish"):
        # https://docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html
        yield "states:PublishStateMachineVersion", _resource(prefix, place, parameters)
    if source := parameters.get("CopySource"):
        yield "s3:GetObject", f"arn:aws:s3:::{unquote(source)}"
    for name in _ROLES:
        if parameters.get(name):
            yield "iam:PassRole", str(parameters[name])
    for target in parameters.get("Targets", ()):
        if target.get("RoleArn"):
            yield "iam:PassRole", str(target["RoleArn"])
    if target := parameters.get("Target"):
        yield "iam:PassRole", str(target["RoleArn"])
    if action in _WRITES:
        yield "kms:GenerateDataKey", _KEY
    if action in _WRITES | _READS:
        yield "kms:Decrypt", _KEY


def condition_keys(service: str, action: str, parameters: Parameters) -> dict[str, str]:
    """What a call tells of itself for a statement's condition: whom a role is for, new tags."""
    if action == "iam:PassRole":
        return {"iam:PassedToService": f"{_PREFIXES.get(service, service)}.amazonaws.com"}
    tags = parameters.get("Tags", ())
    return {f"aws:RequestTag/{tag['TagKey']}": tag["TagValue"] for tag in tags if "TagKey" in tag}


_KEY = "the deployment's key"


def _resource(prefix: str, place: str, parameters: Parameters) -> str:
    find = _RESOURCES.get(prefix)
    return "*" if find is None else find(place, parameters)


def _queue(place: str, parameters: Parameters) -> str:
    return f"arn:aws:sqs:{place}:{str(parameters['QueueUrl']).rsplit('/', 1)[1]}"


def _function(place: str, parameters: Parameters) -> str:
    name = str(parameters["FunctionName"])
    return name if name.startswith("arn:") else f"arn:aws:lambda:{place}:function:{name}"


def _object(place: str, parameters: Parameters) -> str:
    bucket, key = parameters["Bucket"], parameters.get("Key")
    return f"arn:aws:s3:::{bucket}" if key is None else f"arn:aws:s3:::{bucket}/{key}"


def _machine(place: str, parameters: Parameters) -> str:
    if routes := parameters.get("routingConfiguration"):
        return str(routes[0]["stateMachineVersionArn"])
    for name, value in parameters.items():
        if name.endswith("Arn") and name not in _ROLES:
            return str(value)
    if "name" in parameters:
        return f"arn:aws:states:{place}:stateMachine:{parameters['name']}"
    return "*"


def _rule(place: str, parameters: Parameters) -> str:
    if "Entries" in parameters:
        bus = parameters["Entries"][0].get("EventBusName", "default")
        return f"arn:aws:events:{place}:event-bus/{bus}"
    name = parameters.get("Name") or parameters.get("Rule") or parameters.get("NamePrefix", "")
    return f"arn:aws:events:{place}:rule/{name}"


def _schedule(place: str, parameters: Parameters) -> str:
    if "Name" not in parameters:
        return "*"
    return f"arn:aws:scheduler:{place}:schedule/{parameters['GroupName']}/{parameters['Name']}"


def _key(place: str, parameters: Parameters) -> str:
    if "CiphertextBlob" in parameters and "KeyId" not in parameters:
        return _KEY  # KMS finds it in the ciphertext
    return str(parameters.get("KeyId", "*"))


def _secret(place: str, parameters: Parameters) -> str:
    return str(parameters["SecretId"])


def _topic(place: str, parameters: Parameters) -> str:
    return str(parameters["TopicArn"])


def _parameter(place: str, parameters: Parameters) -> str:
    return f"arn:aws:ssm:{place}:parameter/{str(parameters['Name']).lstrip('/')}"


_RESOURCES: dict[str, Callable[[str, Parameters], str]] = {
    "events": _rule,
    "kms": _key,
    "lambda": _function,
    "s3": _object,
    "scheduler": _schedule,
    "secretsmanager": _secret,
    "sns": _topic,
    "sqs": _queue,
    "ssm": _parameter,
    "states": _machine,
}
