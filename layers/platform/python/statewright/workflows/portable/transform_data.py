"""The actions ``data.*`` in an exported workflow."""

from __future__ import annotations

from typing import Any

from statewright.integrations.data import transforming


def handler(event: dict[str, Any], context: Any) -> Any:
    """Performs the step and returns its result."""
    return transforming.perform(event)
