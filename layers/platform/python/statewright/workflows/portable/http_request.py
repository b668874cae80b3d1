"""``http.request`` in an exported workflow."""

from __future__ import annotations

from typing import Any

from statewright.integrations.calls import performing
from statewright.integrations.reach import reach_of


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Sends the step's request and returns status, headers and body."""
    return performing.perform(event["with"], event["key"], reach_of(""))
