"""``http.request``: one HTTP call, with its failures under names that ``retry`` can ask for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from statewright.integrations import failures, outbound
from statewright.integrations.outbound import Answer, Limits, Request
from statewright.integrations.reach import Reach
from statewright.integrations.redaction import redact
from statewright.settings import settings

TOTAL_SECONDS = 25.0
Authorize = Callable[[Request], Request]
"""Puts a connection's credential on a request: the last thing before it is sent."""


def perform(
    inputs: dict[str, Any], key: str, reach: Reach, authorize: Authorize | None = None
) -> dict[str, Any]:
    """Sends the request and returns status, headers and body (parsed where it is JSON).

    Args:
        inputs: the action's inputs: url, method, query, headers, body.
        key: sent as ``Idempotency-Key`` with requests that change something, so that a server
            that knows the header acts once however often the step runs.
        reach: what may be connected to.
        authorize: adds the connection's credential.

    Raises:
        HttpRequestError: under the name of what went wrong.
    """
    request = _build(inputs, key)
    if authorize is not None:
        request = authorize(request)
    limits = Limits(settings().http_step_limit, TOTAL_SECONDS)
    with failures.named():
        answer = outbound.send(request, reach, limits)
    failures.check(answer)
    return {
        "status": answer.head.status,
        "headers": {
            name: redact(value, request.secrets) for name, value in answer.head.headers.items()
        },
        "body": _parsed(answer, redact(answer.text, request.secrets)),
    }


def _build(inputs: dict[str, Any], key: str) -> Request:
    method, body, url = inputs.get("method", "GET"), inputs.get("body"), inputs["url"]
    headers = {name.lower(): str(value) for name, value in (inputs.get("headers") or {}).items()}
    if method not in {"GET", "HEAD"}:
        headers.setdefault("idempotency-key", key)
    content = b""
    if isinstance(body, str):
        content = body.encode()
        headers.setdefault("content-type", "text/plain; charset=utf-8")
    elif body is not None:
        content = json.dumps(body, ensure_ascii=False).encode()
        headers.setdefault("content-type", "application/json")
    if inputs.get("query"):
        url = f"{url}{'&' if '?' in url else '?'}{urlencode(inputs['query'], doseq=True)}"
    return Request(method, url, tuple(headers.items()), content)


def _parsed(answer: Answer, text: str) -> Any:
    if "json" not in answer.head.headers.get("content-type", ""):
        return text
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text
