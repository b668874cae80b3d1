"""The actions ``ai.*``."""

from typing import Any

from statewright.ai import steps
from statewright.logs import step


@step
def handler(event: dict[str, Any], context: Any) -> Any:
    """Performs the step and returns its result."""
    return steps.perform(event)
