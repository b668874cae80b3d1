"""The public shape of the key set."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class KeySetDocument(BaseModel):
    """A JSON Web Key Set (RFC 7517): the keys that access tokens are signed with."""

    keys: list[dict[str, Any]]
