"""Keyset paging: a page ends with a cursor that says where the next one begins."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from statewright.errors import Issue, MalformedError

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """Some of a list. ``next`` is the cursor of the next page; None on the last."""

    items: list[Item]
    next: str | None = None


def encode_cursor(*position: str) -> str:
    """A position in a list as opaque URL-safe text."""
    return urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *kinds: Callable[[str], Any]) -> list[Any]:
    """Reads what :func:`encode_cursor` made of as many texts as there are ``kinds``.

    Args:
        kinds: make the values from the texts; a ValueError says that one is not what it should be.

    Raises:
        MalformedError: the text is no cursor of this list.
    """
    try:
        position = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(position, list) or not all(isinstance(text, str) for text in position):
            raise ValueError("not a list of texts")
        return [kind(text) for kind, text in zip(kinds, position, strict=True)]
    except (ValueError, RecursionError):
        issue = Issue("/cursor", "is not a cursor of this list")
        raise MalformedError("This cursor is not valid.", (issue,)) from None
