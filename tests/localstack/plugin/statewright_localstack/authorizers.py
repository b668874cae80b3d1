"""Lambda authorizers of REST APIs, which only LocalStack's paid edition has.

A handler in the place that LocalStack's gateway leaves for such (``preprocess_request``). It calls
the authorizer function that the API names, keeps its policy for the time that the API says,
and hands its context on, as
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
says. Functions find it in ``requestContext.authorizer``.
"""

from __future__ import annotations

import fnmatch
import json
import re
import threading
import time
from typing import Any

from localstack.runtime import hooks

_FUNCTION = re.compile(r"functions/(arn:.*)/invocations$")


@hooks.on_infra_start()
def statewright_authorizers() -> None:
    """Adds the handler to LocalStack's chain."""
    from localstack.services.apigateway.next_gen.execute_api import handlers

    handlers.preprocess_request.append(TokenAuthorizer())


class TokenAuthorizer:
    """Lets requests through whose authorizer's policy allows them."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[float, dict[str, Any]]] = {}
        self._lock = threading.Lock()

    def __call__(self, chain: Any, context: Any, response: Any) -> None:
        from localstack.services.apigateway.next_gen.execute_api.gateway_response import (
            AccessDeniedError,
            UnauthorizedError,
        )

        authorizer_id = context.resource_method.get("authorizerId")
        if not authorizer_id:
            return
        authorizer = context.deployment.rest_api.authorizers[authorizer_id]
        header = authorizer["identitySource"].removeprefix("method.request.header.")
        token = context.invocation_request["headers"].get(header)
        if not token:
            raise UnauthorizedError("Unauthorized")
        policy = self._policy(authorizer, token, context)
        if not _allows(policy["policyDocument"], _method_arn(context)):
            raise AccessDeniedError("User is not authorized to access this resource")
        variables = {"principalId": policy["principalId"], **policy.get("context", {})}
        context.context_variables["authorizer"] = variables

    def _policy(self, authorizer: dict[str, Any], token: str, context: Any) -> dict[str, Any]:
        key = (authorizer["id"], token)
        with self._lock:
            until, policy = self._kept.get(key, (0.0, {}))
        if time.monotonic() < until:
            return policy
        policy = _asked(authorizer, token, context)
        ttl = float(authorizer.get("authorizerResultTtlInSeconds", 300))
        with self._lock:
            self._kept[key] = (time.monotonic() + ttl, policy)
        return policy


def _asked(authorizer: dict[str, Any], token: str, context: Any) -> dict[str, Any]:
    from localstack.aws.connect import connect_to
    from localstack.services.apigateway.next_gen.execute_api.gateway_response import (
        AuthorizerConfigurationError,
        UnauthorizedError,
    )

    found = _FUNCTION.search(authorizer["authorizerUri"])
    assert found is not None, authorizer
    event = {
        "type": "TOKEN",
        "authorizationToken": token,
        "methodArn": _method_arn(context),
    }
    invoked = connect_to(region_name=context.region).lambda_.invoke(
        FunctionName=found[1], Payload=json.dumps(event).encode()
    )
    answer: dict[str, Any] = json.loads(invoked["Payload"].read())
    if "errorMessage" in answer:
        if answer["errorMessage"] == "Unauthorized":
            raise UnauthorizedError("Unauthorized")
        raise AuthorizerConfigurationError
    return answer


def _method_arn(context: Any) -> str:
    request = context.invocation_request
    place = f"{context.region}:{context.account_id}:{context.api_id}/{context.stage}"
    return f"arn:aws:execute-api:{place}/{request['http_method']}{request['path']}"


def _allows(document: dict[str, Any], arn: str) -> bool:
    def matches(statement: dict[str, Any]) -> bool:
        resources = statement["Resource"]
        patterns = [resources] if isinstance(resources, str) else resources
        return any(fnmatch.fnmatchcase(arn, pattern) for pattern in patterns)

    effects = {one["Effect"] for one in document["Statement"] if matches(one)}
    return effects == {"Allow"}
