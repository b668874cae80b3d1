"""Entity tags of answers, and what a request says about them (RFC 9110)."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent
from pydantic import BaseModel


def header_of(event: APIGatewayProxyEvent, name: str) -> str | None:
    """A header of the request, whatever the case of its name."""
    wanted = name.lower()
    headers: dict[str, str] = event.raw_event.get("headers") or {}
    return next((value for key, value in headers.items() if key.lower() == wanted), None)


def tagged(content: BaseModel, tag: str, status: int = 200) -> Response[Any]:
    """An answer with its entity tag."""
    return Response(status, "application/json", content, {"ETag": tag})
