"""Any AWS API as a task: parameters and answers as Step Functions writes them.

Members are in PascalCase whatever the service calls them, moments are ISO 8601 texts, and a value
where the service wants text becomes JSON text.
https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import boto3
import orjson
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from localcloud.errors import AwsError

_NAMES = {"sfn": "stepfunctions", "eventbridge": "events", "cloudwatchlogs": "logs"}
"""Services that boto3 calls otherwise."""


def call(service: str, action: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Calls an API by its SDK name.

    Raises:
        AwsError: what the service answers; NotSupportedLocally where there is no such service,
            or no such operation.
    """
    operation = action.partition(".")[0]
    try:
        client: Any = boto3.client(_NAMES.get(service, service))  # type: ignore[call-overload]
        method = getattr(client, xform_name(operation))
        model = client.meta.service_model.operation_model(operation[:1].upper() + operation[1:])
        answer = method(**_given(parameters, model.input_shape))
    except ClientError as error:
        details = error.response["Error"]
        raise AwsError(details.get("Code", "Unknown"), details.get("Message", "")) from None
    except (AttributeError, BotoCoreError) as error:
        raise AwsError("NotSupportedLocally", f"{service}:{action}: {error}") from None
    return {
        _pascal(name): _shown(value) for name, value in answer.items() if name != "ResponseMetadata"
    }


def _given(value: Any, shape: Any) -> Any:
    """A value as boto3 wants it for a shape of the service's model."""
    kind = "" if shape is None else shape.type_name
    match value:
        case dict() if kind == "structure":
            return {
                (own := _member(name, shape.members)): _given(item, shape.members.get(own))
                for name, item in value.items()
            }
        case dict() if kind == "map":
            return {name: _given(item, shape.value) for name, item in value.items()}
        case list() if kind == "list":
            return [_given(item, shape.member) for item in value]
        case _ if kind in {"string", "blob"} and not isinstance(value, str):
            return orjson.dumps(value).decode()
        case _:
            return value


def _member(name: str, members: Any) -> str:
    camel = name[:1].lower() + name[1:]
    return camel if name not in members and camel in members else name


def _pascal(name: str) -> str:
    return name[:1].upper() + name[1:]


def _shown(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case dict():
            return {_pascal(name): _shown(item) for name, item in value.items()}
        case list():
            return [_shown(item) for item in value]
        case bytes():
            return value.decode("utf-8", "replace")
        case _ if hasattr(value, "read"):
            return value.read().decode("utf-8", "replace")
        case _:
            return value
