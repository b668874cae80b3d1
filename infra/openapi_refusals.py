"""The parts of the API's description that all operations share: problems, and who may get which."""

from __future__ import annotations

from typing import Any

_KINDS = {
    "400": ("malformed-request", "The request cannot be read", "The body is not valid JSON."),
    "401": ("unauthenticated", "Sign in first", "This request carries no valid credentials."),
    "403": ("forbidden", "Not allowed", "The role viewer does not have the permission."),
    "404": ("not-found", "Not found", "There is no such thing in this workspace."),
    "409": ("conflict", "Conflict", "There is one of that name already."),
    "413": ("too-large", "Too large", "A body may have 1,000,000 bytes at the most."),
    "422": ("invalid-input", "The input is not valid", "/name is required."),
    "429": ("rate-limited", "Too many requests", "Wait a while."),
    "500": ("internal", "Something went wrong", "The fault is ours and has been logged."),
    "503": ("unavailable", "Try again in a moment", "The database does not answer."),
}
SCHEMAS: dict[str, Any] = {
    "Problem": {
        "title": "Problem",
        "description": "What went wrong (RFC 9457).",
        "type": "object",
        "required": ["type", "title", "status"],
        "properties": {
            "type": {"type": "string", "description": "Stable: what programs may look at."},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "A sentence for people."},
            "errors": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/ProblemIssue"},
                "description": "What is wrong with the input, one by one.",
            },
        },
    },
    "ProblemIssue": {
        "title": "ProblemIssue",
        "type": "object",
        "required": ["pointer", "detail"],
        "properties": {
            "pointer": {"type": "string", "description": "A JSON pointer into what was sent."},
            "detail": {"type": "string"},
            "suggestion": {"type": "string"},
        },
    },
}
PARAMETERS: dict[str, Any] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "Sent again with the same request within a day, it gets the same answer.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
        "example": "6f1c0a52-3d1e-4a53-9c0e-2b5f6f9a7d10",
    }
}


def _response(status: str, kind: str, title: str, detail: str) -> dict[str, Any]:
    document: dict[str, Any] = {
        "type": f"urn:statewright:problem:{kind}",
        "title": title,
        "status": int(status),
        "detail": detail,
    }
    if status == "422":
        document["errors"] = [{"pointer": "/name", "detail": "is required"}]
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": document}
    headers: dict[str, Any] = {"X-Request-Id": {"schema": {"type": "string"}}}
    if status == "429":
        headers["Retry-After"] = {"schema": {"type": "integer"}, "description": "Seconds."}
    if status == "401":
        headers["WWW-Authenticate"] = {"schema": {"type": "string"}}
    return {
        "description": title,
        "headers": headers,
        "content": {"application/problem+json": content},
    }


RESPONSES: dict[str, Any] = {
    f"Problem{status}": _response(status, *words) for status, words in _KINDS.items()
}


def refusals(operation: dict[str, Any], path: str, method: str) -> dict[str, Any]:
    """The problems that an operation may answer with, by status."""
    possible = {"400", "422", "429", "500", "503"}
    if operation["security"]:
        possible |= {"401", "403"}
    if "{" in path:
        possible |= {"404"}
    if method != "get":
        possible |= {"404", "409", "413"}
    missing = sorted(possible - operation["responses"].keys())
    return {status: {"$ref": f"#/components/responses/Problem{status}"} for status in missing}
