"""Actions of connectors: one operation of another system."""

from typing import Any

from statewright import logs
from statewright.integrations.connectors import step


@logs.step
def handler(event: dict[str, Any], context: Any) -> Any:
    """Calls the operation that the step names and returns what it answers."""
    return step.perform(event)
