"""Calls an operation: inputs to a request, the credential on it, the answer to a value."""

from __future__ import annotations

from typing import Any

from statewright.integrations import failures
from statewright.integrations.calls import sending
from statewright.integrations.calls.sending import Way
from statewright.integrations.connectors import answers, paging
from statewright.integrations.connectors.model import Operation
from statewright.integrations.connectors.requests import request_of
from statewright.integrations.failures import ClientError, InvalidRequest, RateLimited
from statewright.integrations.messages import Answer, Request
from statewright.integrations.redaction import redact


def call(operation: Operation, inputs: dict[str, Any], server: str, key: str, way: Way) -> Any:
    """Calls an operation once and gives what it answers.

    Raises:
        HttpRequestError: under the name of what went wrong.
    """
    return _send(operation, request_of(operation, inputs, server, key), way)[1]


def call_all(operation: Operation, inputs: dict[str, Any], server: str, key: str, way: Way) -> Any:
    """Calls a list's operation page by page: its items, and whether there is more."""
    if operation.paging is None:
        raise InvalidRequest(f"'{operation.name}' does not page")
    return paging.all_pages(
        operation.paging,
        inputs,
        lambda asked: request_of(operation, asked, server, key),
        lambda request: _send(operation, request, way),
    )


def _send(operation: Operation, request: Request, way: Way) -> tuple[Answer, Any]:
    answer = sending.send(request, way)
    failures.check(answer)
    value = answers.value_of(answer)
    if operation.ok_field:
        _check(operation, value, answer)
    return answer, value


def _check(operation: Operation, value: Any, answer: Answer) -> None:
    """Some answer 200 and say in the content that they failed (Slack: ``ok = false``)."""
    if not isinstance(value, dict) or value.get(operation.ok_field) is not False:
        return
    detail = redact(str(value)[:500], answer.head.request.secrets)
    limited = "ratelimited" in detail.replace("_", "").lower()
    raise (RateLimited if limited else ClientError)(f"{operation.name} failed: {detail}")
