"""The parts of the API's description that all operations share: problems, and who may get which."""

from __future__ import annotations

from typing import Any

_KINDS = {
    "400": ("malformed-request", "The request cannot be read", "The body is not valid JSON."),
    "401": ("unauthenticated", "Sign in first", "This request carries no valid credentials."),
    "403": ("forbidden", "Not allowed", "The role viewer does not have the permission."),
    "404": ("not-found", "Not found", "There is no such thing in this workspace."),
    "405": ("method-not-allowed", "Method not allowed", "This webhook takes POST only."),
    "409": ("conflict", "Conflict", "There is one of that name already."),
    "410": ("gone", "No longer available", "This link's time is over."),
    "412": ("precondition-failed", "Changed in the meantime", "Load it again."),
    "413": ("too-large", "Too large", "A body may have 1,000,000 bytes at the most."),
    "414": ("too-large", "Too large", "An address may have 8,192 bytes at the most."),
    "415": ("unsupported-media-type", "Unsupported media type", "A body is application/json here."),
    "422": ("invalid-input", "The input is not valid", "/name is required."),
    "428": ("precondition-required", "Say what you have read", "Send If-Match."),
    "429": ("rate-limited", "Too many requests", "Wait a while."),
    "431": ("too-large", "Too large", "Headers may have 10,240 bytes at the most."),
    "500": ("internal", "Something went wrong", "The fault is ours and has been logged."),
    "503": ("unavailable", "Try again in a moment", "The database does not answer."),
    "504": ("timeout", "The endpoint took too long", "It goes on, perhaps."),
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


_ALWAYS = frozenset({"400", "414", "422", "429", "431", "500", "503", "504"})
_MORE = {
    "add_security_key": {"410"},
    "end_authorization": {"401", "404", "409", "410"},
    "end_sign_in": {"401", "403", "404", "409", "410"},
    "get_prediction": {"409"},
    "get_provisioning": {"404"},
    "get_database_schema": {"409"},
    "update_workflow": {"412", "428"},
}
"""What some operations answer besides, by operation id."""


def refusals(operation: dict[str, Any], path: str, method: str) -> dict[str, Any]:
    """The problems that an operation may answer with, by status."""
    possible = set(_ALWAYS)
    if operation["security"]:
        possible |= {"401", "403"}
    if "{" in path or _names_something(operation):
        possible |= {"404"}
    if path.startswith("/v1/auth/") and not operation["security"] and method == "post":
        possible |= {"401", "403", "410"}  # passwords, codes and links
    if "/callbacks/" in path:  # signed by their provider
        possible |= {"403"}
    if "{task_id}" in path and method != "get":  # it may be decided, or its execution over
        possible |= {"410"}
    if "{token}" in path:  # links have their time
        possible |= {"401", "410"}
    if method != "get":
        possible |= {"404", "409", "413"}
    if "requestBody" in operation:
        possible |= {"415"}
    possible |= _MORE.get(operation["operationId"], set())
    missing = sorted(possible - operation["responses"].keys())
    return {status: {"$ref": f"#/components/responses/Problem{status}"} for status in missing}


def _names_something(operation: dict[str, Any]) -> bool:
    """Whether a parameter is the id of something that may not be there."""
    names = [parameter.get("name", "") for parameter in operation.get("parameters", [])]
    return any(name.endswith("_id") or name == "cursor" for name in names)
