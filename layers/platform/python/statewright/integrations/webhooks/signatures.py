"""Signatures with a shared key: what is signed, where the signature stands, and how it is compared.

Every comparison takes the same time whatever differs, and the time of a request is judged after its
signature only: nobody learns anything by trying.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from statewright.integrations.webhooks.received import (
    Received,
    TooOldError,
    UnverifiedError,
)

Algorithm = Literal["sha1", "sha256", "sha384", "sha512"]
Encoding = Literal["hex", "base64", "base64url"]
_PLACES = re.compile(r"({timestamp}|{body})")
_MILLISECONDS = 100_000_000_000
"""A time above this is in milliseconds: in seconds it would be the year 5138."""


@dataclass(frozen=True, slots=True)
class Hmac:
    """A signature in a header. ``signs`` is what is signed: ``{timestamp}`` is the header
    ``timestamp``, ``{body}`` the body as it was sent."""

    header: str
    algorithm: Algorithm = "sha256"
    encoding: Encoding = "hex"
    prefix: str = ""
    signs: str = "{body}"
    timestamp: str | None = None
    delivery: str | None = None
    """The header with the delivery's id, which is the same when the sender tries again."""

    def verify(
        self, received: Received, keys: Iterable[str], window: timedelta, now: datetime
    ) -> None:
        """Raises UnverifiedError or TooOldError unless one of the keys has signed the request."""
        time = self._time(received)
        content = self.content(received.raw, time or "")
        given = given_signature(received, self.header).removeprefix(self.prefix)
        require_one(
            [given],
            [signature(key.encode(), content, self.algorithm, self.encoding) for key in keys],
        )
        if time is not None:
            require_recent(time, window, now)

    def content(self, body: bytes, time: str) -> bytes:
        """What is signed."""
        values = {"{timestamp}": time.encode("utf-8", "surrogatepass"), "{body}": body}
        parts = _PLACES.split(self.signs)
        return b"".join(values.get(part, part.encode()) for part in parts)

    def _time(self, received: Received) -> str | None:
        if self.timestamp is None:
            return None
        found = received.headers.get(self.timestamp)
        if found is None:
            raise UnverifiedError(f"The header {self.timestamp} is missing.")
        return found


def given_signature(received: Received, header: str) -> str:
    """The header that holds the signature."""
    found = received.headers.get(header, "").strip()
    if not found:
        raise UnverifiedError(f"The header {header} is missing: the request is not signed.")
    return found


def signature(key: bytes, content: bytes, algorithm: str, encoding: str) -> str:
    """The signature of some bytes, as it stands in a header."""
    digest = hmac.digest(key, content, algorithm)
    match encoding:
        case "base64":
            return base64.b64encode(digest).decode()
        case "base64url":
            return base64.urlsafe_b64encode(digest).decode()
    return digest.hex()


def require_one(given: Iterable[str], right: Iterable[str]) -> None:
    """Raises UnverifiedError unless one of the given signatures is right."""
    known = [text.rstrip("=").encode() for text in right]
    found = False
    for text in given:
        for candidate in known:
            sent = text.rstrip("=").encode("utf-8", "surrogatepass")
            found |= hmac.compare_digest(sent, candidate)
    if not found:
        raise UnverifiedError("The signature does not fit.")


def require_recent(time: str, window: timedelta, now: datetime) -> None:
    """Raises TooOldError where a signed time is not within the window before or after now."""
    moment = _moment(time)
    if moment is None:
        raise UnverifiedError("The time that was signed cannot be read.")
    if abs(now - moment) > window:
        seconds = int(window.total_seconds())
        raise TooOldError(f"The request was signed more than {seconds} seconds from now.")


def _moment(text: str) -> datetime | None:
    try:
        if re.fullmatch(r"\d{1,14}", text):
            number = int(text)
            return datetime.fromtimestamp(number / 1000 if number > _MILLISECONDS else number, UTC)
        found = datetime.fromisoformat(text)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def from_base64(text: str) -> bytes | None:
    """What Base64 stands for; None where it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
