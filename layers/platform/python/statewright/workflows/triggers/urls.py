"""The URLs of triggers that have one."""

from __future__ import annotations

from statewright.settings import settings

_PATHS = {"webhook": "hooks", "form": "forms"}


def url_of(kind: str, token: str) -> str | None:
    """The URL that starts a trigger, or None where its kind has none."""
    path = _PATHS.get(kind)
    return None if path is None else f"{settings().base_url}/{path}/{token}"
