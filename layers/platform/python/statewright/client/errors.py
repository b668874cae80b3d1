"""What the API refused."""

from __future__ import annotations

from typing import Any


class ProblemError(Exception):
    """The API answered with a problem document (RFC 9457)."""

    def __init__(self, status: int, document: dict[str, Any], request_id: str):
        super().__init__(document.get("detail") or document.get("title") or f"HTTP {status}")
        self.status = status
        self.kind = str(document.get("type", "")).removeprefix("urn:statewright:problem:")
        self.errors: list[dict[str, str]] = document.get("errors", [])
        self.request_id = request_id
