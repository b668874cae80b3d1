"""What a signed callback's signature covers of its address."""

from __future__ import annotations

from urllib.parse import quote

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent


def target_of(event: APIGatewayProxyEvent) -> str:
    """Path and query, as the caller wrote them; the gateway hands the query over decoded."""
    pairs = event.raw_event.get("multiValueQueryStringParameters") or {}
    query = "&".join(
        f"{quote(name, safe='')}={quote(value, safe='')}"
        for name, values in pairs.items()
        for value in values
    )
    return f"{event.path}?{query}" if query else str(event.path)
