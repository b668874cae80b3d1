"""The actions ``db.*``."""

from typing import Any

from statewright import logs
from statewright.integrations.databases import step


@logs.step
def handler(event: dict[str, Any], context: Any) -> Any:
    """Performs the step and returns its result."""
    return step.perform(event)
