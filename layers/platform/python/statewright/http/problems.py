"""Errors as RFC 9457 problem documents."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from aws_lambda_powertools.event_handler import Response

from statewright.errors import InvalidError, Issue, MalformedError, StatewrightError

CONTENT_TYPE = "application/problem+json"
_WORDS = {
    "missing": "is required",
    "extra_forbidden": "is not a known field",
    "json_invalid": "is not valid JSON",
}


def problem(error: StatewrightError, headers: dict[str, str] | None = None) -> Response[str]:
    """The response that tells a client about an error."""
    document: dict[str, Any] = {
        "type": f"urn:statewright:problem:{error.kind}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
    }
    if error.issues:
        document["errors"] = [_issue(issue) for issue in error.issues]
    return Response(
        status_code=error.status,
        content_type=CONTENT_TYPE,
        body=json.dumps(document),
        headers=dict(headers or {}),
    )


def _issue(issue: Issue) -> dict[str, str]:
    shown = {"pointer": issue.pointer, "detail": issue.detail}
    if issue.suggestion:
        shown["suggestion"] = issue.suggestion
    return shown


def from_validation(errors: Iterable[Any]) -> StatewrightError:
    """pydantic's findings as one error: 400 for unreadable JSON, else 422."""
    found = list(errors)
    issues = tuple(_from_pydantic(error) for error in found)
    if any(error["type"] == "json_invalid" for error in found):
        return MalformedError("The body is not valid JSON.", issues)
    first = issues[0]
    return InvalidError(f"{first.pointer} {first.detail}.", issues)


def _from_pydantic(error: Any) -> Issue:
    place, *path = error["loc"]
    # Union members and validators put their own names into the path; a pointer has keys only.
    keys = [str(part) for part in path if not _is_marker(part)]
    pointer = "".join(f"/{key.replace('~', '~0').replace('/', '~1')}" for key in keys)
    prefix = "" if place == "body" else f"/{place}"
    detail = _WORDS.get(error["type"]) or str(error.get("msg", error["type"]))
    return Issue(prefix + pointer or "/", detail)


def _is_marker(part: Any) -> bool:
    return isinstance(part, str) and (part.startswith(("function-", "tagged-", "<")) or "[" in part)
