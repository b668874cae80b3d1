"""Challenges: how providers ask whether an address is really the webhook that somebody registered.

Slack and Zoom sign theirs as any request; the others are a GET that only the right owner of the
secret, or of the token that was entered at the provider, can answer or ask for.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from statewright.integrations.webhooks.received import Received, Secret, UnverifiedTokenError
from statewright.integrations.webhooks.signatures import signature

_LONGEST = 1_000
_CRC = re.compile(r"[A-Za-z0-9+/=_-]{1,200}")
"""X's tokens. Anybody may ask for the signature of one, so it must not be what a body looks like:
no object of JSON is made of these characters (and ``schemes`` takes nothing else from X)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider wants to hear."""

    content_type: str
    body: str


def unsigned(
    scheme: str, received: Received, secrets: Sequence[Secret], tokens: Sequence[Secret]
) -> Answer | None:
    """The answer to a challenge that comes as a GET; None where the request is none.

    Args:
        tokens: what was entered at the provider as the webhook's token (``hub.verify_token``).

    Raises:
        UnverifiedTokenError: the token in the challenge is another one.
    """
    if received.method != "GET" or received.raw:
        return None
    asked = received.query
    match scheme:
        case "meta" if asked.get("hub.mode") == "subscribe":
            _require_token(asked.get("hub.verify_token", ""), tokens)
            return _echo(asked.get("hub.challenge"))
        case "dropbox":
            return _echo(asked.get("challenge"))
        case "x" if _CRC.fullmatch(asked.get("crc_token", "")):
            told = signature(
                secrets[0].text.encode(), asked["crc_token"].encode(), "sha256", "base64"
            )
            return _json({"response_token": f"sha256={told}"})
    return None


def signed(scheme: str, received: Received, secrets: Sequence[Secret]) -> Answer | None:
    """The answer to a challenge that has been verified as any request."""
    if scheme == "slack" and b"url_verification" in received.raw:
        asked = _object(received.raw)
        if asked.get("type") == "url_verification":
            return _echo(asked.get("challenge"))
    if scheme == "zoom" and b"endpoint.url_validation" in received.raw:
        asked = _object(received.raw)
        inner = asked.get("payload")
        plain = inner.get("plainToken") if isinstance(inner, dict) else None
        if asked.get("event") == "endpoint.url_validation" and isinstance(plain, str):
            told = signature(secrets[0].text.encode(), plain.encode(), "sha256", "hex")
            return _json({"plainToken": plain, "encryptedToken": told})
    return None


def _require_token(given: str, tokens: Sequence[Secret]) -> None:
    sent = given.encode("utf-8", "replace")
    found = [hmac.compare_digest(sent, token.text.encode()) for token in tokens]
    if not any(found):
        raise UnverifiedTokenError("The token does not fit.")


def _echo(text: Any) -> Answer | None:
    return Answer("text/plain; charset=utf-8", text[:_LONGEST]) if isinstance(text, str) else None


def _json(value: dict[str, str]) -> Answer:
    return Answer("application/json", json.dumps(value))


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
