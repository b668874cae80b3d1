"""Redirects of a browser."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.event_handler import Response


def redirect(url: str, cookie: str | None = None) -> Response[Any]:
    """Sends a browser to another address; nothing keeps the answer."""
    headers: dict[str, str | list[str]] = {"Location": url, "Cache-Control": "no-store"}
    if cookie is not None:
        headers["Set-Cookie"] = cookie
    return Response(status_code=302, headers=headers, body="")
