"""What AWS API calls need: IAM's actions, and the resources that their arguments name.

Most calls need the action of their own name. Those that do not are listed, after the Service
Authorization Reference (https://docs.aws.amazon.com/service-authorization/latest/reference/).
"""

from __future__ import annotations

from typing import Any

from statewright.workflows.actions import aws

_S3 = {
    "listObjects": ("ListBucket",),
    "listObjectsV2": ("ListBucket",),
    "headBucket": ("ListBucket",),
    "headObject": ("GetObject",),
    "listBuckets": ("ListAllMyBuckets",),
    "createMultipartUpload": ("PutObject",),
    "uploadPart": ("PutObject",),
    "completeMultipartUpload": ("PutObject",),
    "copyObject": ("GetObject", "PutObject"),
    "deleteObjects": ("DeleteObject",),
    "listObjectVersions": ("ListBucketVersions",),
}
_OF_BUCKET = {"ListBucket", "ListBucketVersions", "CreateBucket", "DeleteBucket"}
_OTHER = {("lambda", "invoke"): ("InvokeFunction",), ("lambda", "invokeAsync"): ("InvokeFunction",)}
_HOME = "${Region}:${Account}"


def needs(service: str, operation: str, arguments: dict[str, Any]) -> list[tuple[str, str]]:
    """IAM's actions of a call, each with the resource that it is needed on."""
    prefix = aws.signing_name(service) if aws.is_service(service) else service
    plain: tuple[str, ...] = (f"{operation[:1].upper()}{operation[1:]}",)
    names = _OTHER.get((service, operation), plain)
    if service == "s3":
        names = _S3.get(operation, plain)
    return [(f"{prefix}:{name}", _resource(prefix, name, arguments)) for name in names]


def _resource(prefix: str, name: str, arguments: dict[str, Any]) -> str:
    """The resource, where the arguments name it as text: ``*`` stands for any."""

    def text(key: str) -> str:
        found = arguments.get(key)
        return found if isinstance(found, str) and "{%" not in found else ""

    match prefix:
        case "s3" if text("Bucket"):
            bucket = f"arn:${{Partition}}:s3:::{text('Bucket')}"
            return bucket if name in _OF_BUCKET else f"{bucket}/{text('Key') or '*'}"
        case "dynamodb" if text("TableName"):
            return f"arn:${{Partition}}:dynamodb:{_HOME}:table/{text('TableName')}"
        case "sqs" if text("QueueUrl"):
            return f"arn:${{Partition}}:sqs:{_HOME}:{text('QueueUrl').rpartition('/')[2]}"
        case "lambda" if text("FunctionName"):
            function = text("FunctionName")
            at = f"arn:${{Partition}}:lambda:{_HOME}:function:{function}"
            return function if function.startswith("arn:") else at
    return _named_arn(arguments)


def _named_arn(arguments: dict[str, Any]) -> str:
    found = [
        value
        for key, value in arguments.items()
        if key.endswith(("Arn", "ARN")) and isinstance(value, str) and value.startswith("arn:")
    ]
    return found[0] if len(found) == 1 and "{%" not in found[0] else "*"
