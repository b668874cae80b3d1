"""The actions ``file.*``."""

from typing import Any

from statewright.integrations.files import step


def handler(event: dict[str, Any], context: Any) -> Any:
    """Performs the step and returns its result."""
    return step.perform(event)
