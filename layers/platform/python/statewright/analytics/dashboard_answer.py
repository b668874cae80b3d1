"""A dashboard's figures as an HTTP answer, with their tag."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.event_handler import Response

from statewright.analytics.dashboards import Seen


def answered(seen: Seen) -> Response[Any]:
    """The figures with their ETag, or 304 where the viewer has them (RFC 9110, 13.1.2)."""
    headers: dict[str, str | list[str]] = {
        "ETag": f'W/"{seen.tag}"',
        "Cache-Control": "private, no-cache",
    }
    if seen.data is None:
        return Response(304, headers=headers, body="")
    return Response(200, "application/json", seen.data, headers)
