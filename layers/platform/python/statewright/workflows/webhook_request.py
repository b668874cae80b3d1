"""A webhook's request, read from an API Gateway event."""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

from statewright.errors import MalformedError

_FORM = "application/x-www-form-urlencoded"
_OURS = frozenset({"authorization", "cookie"})
"""Credentials are for us, not for the execution's data."""


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """An HTTP request to a webhook.

    ``raw`` is the body as it was sent, byte by byte, for signatures; ``headers`` are in lower case
    and without credentials. ``delivery_id`` is the sender's, once the call has been verified.
    """

    token: str
    method: str
    headers: dict[str, str]
    query: dict[str, str]
    raw: bytes = b""
    idempotency_key: str | None = None
    address: str = field(default="", kw_only=True)
    authorization: str = field(default="", kw_only=True, repr=False)
    query_text: str = field(default="", kw_only=True)
    delivery_id: str | None = field(default=None, kw_only=True)

    @property
    def content_type(self) -> str:
        """The body's media type, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def body(self) -> Any:
        """The body as a value: JSON, a form's fields, text, or what
        :func:`~statewright.workflows.webhook_bodies.packed` makes of bytes; an empty object where
        there is none.

        Raises:
            MalformedError: it is not what its media type says.
        """
        if not self.raw:
            return {}
        kind = self.content_type
        if "json" in (kind or "json"):
            return _json(self._text())
        if kind == _FORM:
            fields = parse_qs(self._text(), keep_blank_values=True)
            return {name: v[0] if len(v) == 1 else v for name, v in fields.items()}
        from statewright.workflows import webhook_bodies

        return webhook_bodies.read(self.raw, self.headers.get("content-type", ""))

    def _text(self) -> str:
        try:
            return self.raw.decode()
        except UnicodeDecodeError:
            raise MalformedError("The body is not UTF-8 text.") from None


def _json(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"The body is not valid JSON: {error}.") from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def call_of(event: APIGatewayProxyEvent, token: str) -> WebhookCall:
    """The call."""
    raw = event.raw_event
    headers = {name.lower(): value for name, value in (raw.get("headers") or {}).items()}
    text = raw.get("body") or ""
    body = b64decode(text) if raw.get("isBase64Encoded") else text.encode("utf-8", "surrogatepass")
    many = raw.get("multiValueQueryStringParameters")
    return WebhookCall(
        token=token,
        method=raw["requestContext"].get("httpMethod") or raw["httpMethod"],
        headers={name: value for name, value in headers.items() if name not in _OURS},
        query=raw.get("queryStringParameters") or {},
        raw=body,
        idempotency_key=headers.get("idempotency-key"),
        address=str(raw["requestContext"].get("identity", {}).get("sourceIp", "")),
        authorization=headers.get("authorization", ""),
        query_text=urlencode(many, doseq=True) if many else "",
    )
