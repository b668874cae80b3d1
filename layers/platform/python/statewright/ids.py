"""Ids that come from outside."""

from __future__ import annotations

import uuid

from statewright.errors import NotFoundError


def parse_id(text: str, what: str) -> str:
    """An id from a URL, as the database knows ids.

    Raises:
        NotFoundError: the text cannot be the id of anything.
    """
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise NotFoundError(f"There is no such {what}.") from None


def is_id(text: str) -> bool:
    """Whether a text can be the id of something."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
