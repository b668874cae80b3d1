"""Actions of connectors: one operation of another system."""

from typing import Any

from statewright.integrations.connectors import step


def handler(event: dict[str, Any], context: Any) -> Any:
    """Calls the operation that the step names and returns what it answers."""
    return step.perform(event)
