"""How Step Functions names and words what a service answers when a task fails.

https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
"""

from __future__ import annotations

from asl.errors import ApiError
from asl.ports import TaskError
from localcloud.errors import AwsError
from localcloud.ids import new_id

_OPTIMISED = {
    "dynamodb": ("DynamoDB", "AmazonDynamoDBv2"),
    "events": ("EventBridge", "AmazonCloudWatchEvents"),
    "lambda": ("Lambda", "AWSLambda"),
    "sns": ("SNS", "AmazonSNS"),
    "sqs": ("SQS", "AmazonSQS"),
    "states": ("StepFunctions", "AWSStepFunctions"),
}
"""The error's prefix, and the service's name in Java's first SDK, which these go through."""
_SDK = {
    "dynamodb": "DynamoDb",
    "eventbridge": "EventBridge",
    "secretsmanager": "SecretsManager",
    "sesv2": "SesV2",
}
"""Names of Java's second SDK that are more than a capital letter."""


def task_error(service: str, error: AwsError | ApiError) -> TaskError:
    """The error of a task, from what its service answered.

    Args:
        service: as a resource names it: ``sqs``, ``aws-sdk:sfn``, …
        error: the service's answer.
    """
    if error.code == "NotSupportedLocally":
        return TaskError(error.code, error.message)
    code = error.code if error.code.endswith("Exception") else f"{error.code}Exception"
    status = getattr(error, "status", 400)
    if service.startswith("aws-sdk:"):
        name = service.removeprefix("aws-sdk:")
        prefix = _SDK.get(name, name.title())
        told = f"(Service: {prefix}, Status Code: {status}, Request ID: {new_id()})"
        return TaskError(f"{prefix}.{code}", f"{error.message} {told} (SDK Attempt Count: 1)")
    prefix, client = _OPTIMISED.get(service, (service.title(), service.title()))
    told = (
        f"(Service: {client}; Status Code: {status}; Error Code: {error.code}; "
        f"Request ID: {new_id()}; Proxy: null)"
    )
    return TaskError(f"{prefix}.{code}", f"{error.message} {told}")
