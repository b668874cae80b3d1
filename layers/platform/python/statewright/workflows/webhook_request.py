"""A webhook's request, read from an API Gateway event."""

from __future__ import annotations

from base64 import b64decode

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

from statewright.errors import MalformedError
from statewright.workflows.starting import WebhookCall


def call_of(event: APIGatewayProxyEvent, token: str) -> WebhookCall:
    """The call.

    Raises:
        MalformedError: the body is not UTF-8 text.
    """
    raw = event.raw_event
    headers = {name.lower(): value for name, value in (raw.get("headers") or {}).items()}
    body = raw.get("body") or ""
    if raw.get("isBase64Encoded"):
        try:
            body = b64decode(body).decode()
        except ValueError:
            raise MalformedError("The body is not UTF-8 text.") from None
    # Credentials are for us, not for the execution's data.
    kept = {n: v for n, v in headers.items() if n not in {"authorization", "cookie"}}
    return WebhookCall(
        token=token,
        method=raw["httpMethod"],
        headers=kept,
        query=raw.get("queryStringParameters") or {},
        body=body,
        idempotency_key=headers.get("idempotency-key"),
    )
