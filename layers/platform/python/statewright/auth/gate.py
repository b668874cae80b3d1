"""What the API's authorizer reads and answers."""

from __future__ import annotations

from typing import Any

from statewright.errors import UnauthenticatedError


def bearer_of(header: str) -> str:
    """The token of an ``Authorization: Bearer …`` header (RFC 6750)."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise UnauthenticatedError("Send 'Authorization: Bearer' with a session or an API key.")
    return token.strip()


def allow(method_arn: str, caller: dict[str, str]) -> dict[str, Any]:
    """A policy that lets the caller use the API's stage; endpoints check permissions themselves.

    The whole stage, because API Gateway caches the policy per token, not per route.
    """
    stage = "/".join(method_arn.split("/")[:2])
    return {
        "principalId": caller["user_id"],
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": [f"{stage}/*"]}
            ],
        },
        "context": caller,
    }
