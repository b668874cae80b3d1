"""Where the local cloud's ids come from."""

from __future__ import annotations

from asl.randomness import random_uuid


def new_id() -> str:
    """A random UUID as text, as AWS gives for requests, messages and events."""
    return random_uuid()
