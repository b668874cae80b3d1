"""Keyset paging: a page ends with a cursor that says where the next one begins."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from statewright.errors import Issue, MalformedError

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """Some of a list. ``next`` is the cursor of the next page; None on the last."""

    items: list[Item]
    next: str | None = None


def encode_cursor(*position: Any) -> str:
    """A position in a list as opaque URL-safe text."""
    return urlsafe_b64encode(json.dumps(position, default=str).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, size: int) -> list[Any]:
    """Reads what :func:`encode_cursor` made of ``size`` values.

    Raises:
        MalformedError: the text is no cursor of this list.
    """
    try:
        position = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        position = None
    if not isinstance(position, list) or len(position) != size:
        raise MalformedError("This cursor is not valid.", (Issue("/cursor", "not a cursor"),))
    return position
