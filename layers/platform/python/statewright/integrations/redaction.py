"""Secrets are taken out of whatever people may read: errors, histories, logs."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from functools import lru_cache

HIDDEN = "***"
SHORTEST = 4
"""Shorter values would take ordinary words out of every sentence."""


def redact(text: str, secrets: Iterable[str]) -> str:
    """The text without the secrets, also where they stand encoded as URLs, JSON or Base64 do."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= SHORTEST:
            text = _pattern(secret).sub(HIDDEN, text)
    return text


def contains(text: str, secrets: Iterable[str]) -> bool:
    """Whether a secret stands in the text, in whatever form."""
    return any(len(secret) >= SHORTEST and _pattern(secret).search(text) for secret in secrets)


@lru_cache(maxsize=256)
def _pattern(secret: str) -> re.Pattern[str]:
    packed = base64.b64encode(secret.encode()).decode().rstrip("=")
    return re.compile(f"{''.join(map(_forms, secret))}|{re.escape(packed)}=*")


def _forms(character: str) -> str:
    """A character as itself, or as URLs, forms and JSON write it."""
    if character.isascii() and character.isalnum():
        return character
    percent = "".join(f"%{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))
    plus = r"|\+" if character == " " else ""
    escaped = re.escape(json.dumps(character)[1:-1])
    return f"(?:{re.escape(character)}|(?i:{percent})|{escaped}{plus})"
