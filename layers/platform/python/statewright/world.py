"""The one source of time, randomness and ids, so that tests can decide what they are."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime

import uuid_utils


def now() -> datetime:
    """The current time, in UTC."""
    return datetime.now(UTC)  # noqa: TID251


def new_id() -> str:
    """A time-ordered UUID (RFC 9562, version 7) as text: newer ids sort after older ones."""
    return str(uuid_utils.uuid7())


def new_secret(size: int = 32) -> str:
    """Unguessable URL-safe text with ``size`` bytes of randomness."""
    return secrets.token_urlsafe(size)


def random_bytes(size: int) -> bytes:
    """Unpredictable bytes: nonces and keys."""
    return secrets.token_bytes(size)


def pause(seconds: float) -> None:
    """Lets time pass, where an answer can only be waited for."""
    time.sleep(seconds)
