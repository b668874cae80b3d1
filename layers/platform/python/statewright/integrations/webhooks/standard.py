"""Standard Webhooks: signing and verifying, with shared keys and with Ed25519 keys.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from statewright.integrations.webhooks.received import Received, UnverifiedError
from statewright.integrations.webhooks.signatures import (
    from_base64,
    given_signature,
    require_one,
    require_recent,
    signature,
)

SHARED, PUBLIC = "whsec_", "whpk_"
_FAMILIES = ("webhook", "svix")
"""Headers begin with the first; senders that are older than the standard use the second."""


def verify(received: Received, keys: Sequence[str], window: timedelta, now: datetime) -> str:
    """The id of a message that one of the keys has signed.

    Raises:
        UnverifiedError: none has.
        TooOldError: it was signed too long ago.
    """
    family = next((f for f in _FAMILIES if f"{f}-signature" in received.headers), _FAMILIES[0])
    message_id, time = (
        received.headers.get(f"{family}-{part}", "") for part in ("id", "timestamp")
    )
    given = [
        part.partition(",")[::2]
        for part in given_signature(received, f"{family}-signature").split()
    ]
    content = content_of(message_id, time, received.raw)
    if not _signed_by_public_key(keys, given, content):
        shared = [key for key in keys if not key.startswith(PUBLIC)]
        right = [sign(key, content) for key in shared]
        require_one([text for version, text in given if version == "v1"], right)
    require_recent(time, window, now)
    return message_id


def content_of(message_id: str, time: str, body: bytes) -> bytes:
    """What is signed of a message."""
    return f"{message_id}.{time}.".encode("utf-8", "surrogatepass") + body


def sign(key: str, content: bytes) -> str:
    """The signature with a shared key, which is Base64 after ``whsec_``.

    Raises:
        UnverifiedError: the key is none.
    """
    plain = from_base64(key.removeprefix(SHARED))
    if not plain:
        raise UnverifiedError("The webhook's secret is no key of Standard Webhooks.")
    return signature(plain, content, "sha256", "base64")


def _signed_by_public_key(
    keys: Sequence[str], given: Sequence[tuple[str, ...]], content: bytes
) -> bool:
    signatures = [from_base64(text) for version, text in given if version == "v1a"]
    return any(
        _fits(key, found, content) for key in _public_keys(keys) for found in signatures if found
    )


def _public_keys(keys: Sequence[str]) -> Iterator[Ed25519PublicKey]:
    for key in keys:
        plain = from_base64(key.removeprefix(PUBLIC)) if key.startswith(PUBLIC) else None
        if plain is not None and len(plain) == 32:
            yield Ed25519PublicKey.from_public_bytes(plain)


def _fits(key: Ed25519PublicKey, found: bytes, content: bytes) -> bool:
    try:
        key.verify(found, content)
    except InvalidSignature:
        return False
    return True
