"""Where the local cloud's ids come from."""

from __future__ import annotations

import uuid


def new_id() -> str:
    """A random UUID as text, as AWS gives for requests, messages and events."""
    return str(uuid.uuid4())  # noqa: TID251
