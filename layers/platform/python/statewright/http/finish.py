"""What every answer has, whichever endpoint gave it: id, safe defaults, entity tag, CORS."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from statewright.gateway.origins import answer_headers

_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Vary": "Origin",
}
"""https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers"""
_NOTHING: dict[str, str] = {}
_ALWAYS = {name.lower(): (name, value) for name, value in _SAFE.items()}
_PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def finish(
    event: dict[str, Any], answer: dict[str, Any], told: dict[str, str] = _NOTHING
) -> dict[str, Any]:
    """The answer with everything that goes without saying; what the endpoint said itself stays."""
    headers: dict[str, list[str]] = answer.setdefault("multiValueHeaders", {})
    said = {name.lower(): values for name, values in headers.items()}
    wanted = dict(told)
    if said.get("content-type", [""])[0].startswith("text/html"):
        wanted["Content-Security-Policy"] = _PAGE_POLICY
    wanted["X-Request-Id"] = event["requestContext"].get("requestId", "")
    wanted |= _cross_origin(event)
    wanted["Cache-Control"] = "no-store"
    if event["httpMethod"] in {"GET", "HEAD"} and answer["statusCode"] == 200:
        wanted["Cache-Control"] = "private, no-cache"
        wanted["ETag"] = said.get("etag", [""])[0] or _tag(answer["body"])
    for name, value in wanted.items():
        if (lower := name.lower()) not in said:
            headers[name] = said[lower] = [value]
    for lower, (name, value) in _ALWAYS.items():
        if lower not in said:
            headers[name] = [value]
    return _unchanged(answer) if _known(event, wanted.get("ETag")) else answer


def _tag(body: str | bytes | None) -> str:
    raw = body.encode() if isinstance(body, str) else body or b""
    return f'W/"{blake2b(raw, digest_size=12).hexdigest()}"'


def _cross_origin(event: dict[str, Any]) -> dict[str, str]:
    origin = header(event, "origin")
    if not origin:
        return {}
    authorizer = event["requestContext"].get("authorizer") or event.get("pathParameters") or {}
    return answer_headers(origin, authorizer.get("workspace_id"))


def _known(event: dict[str, Any], tag: str | None) -> bool:
    """Whether the client has this very answer already (RFC 9110, 13.1.2: compared weakly)."""
    asked = header(event, "if-none-match") if tag is not None else None
    if not asked or tag is None:
        return False
    own = tag.removeprefix("W/")
    return asked.strip() == "*" or own in (t.strip().removeprefix("W/") for t in asked.split(","))


def _unchanged(answer: dict[str, Any]) -> dict[str, Any]:
    headers = answer["multiValueHeaders"]
    for name in [name for name in headers if name.lower().startswith("content-type")]:
        del headers[name]
    return answer | {"statusCode": 304, "body": "", "isBase64Encoded": False}


def header(event: dict[str, Any], name: str) -> str | None:
    """A header of an event; ``name`` in lower case. API Gateway keeps the client's case."""
    headers: dict[str, str] = event.get("headers") or {}
    found = headers.get(name)
    if found is not None:
        return found
    return next((value for key, value in headers.items() if key.lower() == name), None)
