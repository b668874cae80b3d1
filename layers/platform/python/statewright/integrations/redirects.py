"""Where a redirect leads, and what may go along: to another origin no credential does."""

from __future__ import annotations

import re
from dataclasses import replace

import httpx

from statewright.integrations.messages import Request
from statewright.integrations.redaction import contains

_STATUSES = frozenset({301, 302, 303, 307, 308})
_SECRET_NAMES = re.compile(
    r"authori[sz]ation|cookie|token|secret|signature|password|api-?key|(^|-)(auth|key|sig)($|-)",
    re.IGNORECASE,
)
_OF_CONTENT = re.compile(r"content-.*|digest", re.IGNORECASE)


class CredentialsError(Exception):
    """The redirect asks to hand a secret to another server."""


def follow(request: Request, status: int, headers: httpx.Headers) -> Request | None:
    """The request that a redirect asks for; None where the answer is none.

    Raises:
        CredentialsError: the request's content holds a secret, and it would go to another origin.
        httpx.InvalidURL: the redirect leads nowhere.
    """
    location = headers.get("location")
    if status not in _STATUSES or not location:
        return None
    here = httpx.URL(request.url)
    there = here.join(location)
    following = replace(request, url=str(there.copy_with(fragment=None)))
    if status == 303 or (status in {301, 302} and request.method == "POST"):
        following = _as_get(following)
    return following if _origin(here) == _origin(there) else _without_credentials(following)


def _as_get(request: Request) -> Request:
    kept = tuple(pair for pair in request.headers if not _OF_CONTENT.fullmatch(pair[0]))
    method = "HEAD" if request.method == "HEAD" else "GET"
    return replace(request, method=method, headers=kept, content=b"")


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme)


def _without_credentials(request: Request) -> Request:
    content = request.content if isinstance(request.content, bytes) else b""
    if contains(content.decode("utf-8", "replace"), request.secrets):
        raise CredentialsError("the redirect would take a secret to another server")
    kept = tuple(
        (name, value)
        for name, value in request.headers
        if not (_SECRET_NAMES.search(name) or contains(value, request.secrets))
    )
    return replace(request, headers=kept, identity=None, digest=None)
