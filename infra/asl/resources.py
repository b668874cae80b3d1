"""What a Task's ``Resource`` ARN means.

https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
"""

from __future__ import annotations

import re

from asl.machine import Resource

_SUFFIXES = {".waitForTaskToken": "token", ".sync:2": "sync2", ".sync": "sync"}
_SERVICE = re.compile(r"arn:aws[\w-]*:states:[\w-]*:\d*:(aws-sdk:)?(\w+):(\w+)((?:\.\w+)?(?::2)?)")
_LAMBDA = re.compile(r"arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?")
_INTEGRATIONS: dict[str, dict[str, set[str]]] = {
    "lambda": {"invoke": {"response", "token"}},
    "sqs": {"sendMessage": {"response", "token"}},
    "sns": {"publish": {"response", "token"}},
    "events": {"putEvents": {"response", "token"}},
    "states": {"startExecution": {"response", "sync", "sync2", "token"}},
}


class UnsupportedResourceError(ValueError):
    """The ARN names nothing that this engine calls."""


def parse_resource(arn: str) -> Resource:
    """Takes a resource ARN apart.

    Raises:
        UnsupportedResourceError: the ARN is malformed or names an integration that is not
            supported.
    """
    if _LAMBDA.fullmatch(arn):
        return Resource(arn, "lambda", arn.split(":", 6)[6], direct_lambda=True)
    match = _SERVICE.fullmatch(arn)
    if match is None:
        raise UnsupportedResourceError(f"The resource provided {arn} is not recognized")
    sdk, service, action, suffix = match.groups()
    pattern = _SUFFIXES.get(suffix, "response" if not suffix else "")
    allowed = _INTEGRATIONS.get(service, {}).get(action, set()) if not sdk else set()
    if pattern not in allowed:
        raise UnsupportedResourceError(f"The resource provided {arn} is not recognized")
    return Resource(arn, service, action + suffix, pattern)
