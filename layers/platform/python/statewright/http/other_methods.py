"""What is answered to methods that an address does not have."""

from __future__ import annotations

from typing import Any

from statewright.errors import MethodNotAllowedError
from statewright.gateway.document import methods_of
from statewright.gateway.origins import preflight_headers
from statewright.http.finish import finish, header
from statewright.http.problems import problem


def answer(event: dict[str, Any]) -> dict[str, Any]:
    """204 with the methods to OPTIONS, and to a preflight what its page may do; else 405."""
    allowed = ", ".join(methods_of(event["resource"]))
    headers = {"Allow": [allowed]}
    if event["httpMethod"] == "OPTIONS":
        origin = header(event, "origin")
        if origin and header(event, "access-control-request-method"):
            headers |= {name: [text] for name, text in preflight_headers(origin).items()}
        return finish(event, {"statusCode": 204, "multiValueHeaders": headers, "body": ""})
    refusal = problem(MethodNotAllowedError(f"This address has {allowed}."))
    headers["Content-Type"] = [refusal.content_type or ""]
    body = {"multiValueHeaders": headers, "body": refusal.body, "isBase64Encoded": False}
    return finish(event, {"statusCode": refusal.status_code, **body})
