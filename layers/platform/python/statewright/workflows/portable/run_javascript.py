"""``code.javascript`` in an exported workflow."""

from __future__ import annotations

from typing import Any

from statewright.integrations.code import javascript


def handler(event: dict[str, Any], context: Any) -> Any:
    """Runs the step's code and returns its result."""
    return javascript.perform(event["with"])
