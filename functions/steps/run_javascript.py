"""The action ``code.javascript``."""

from typing import Any

from statewright.integrations.code import javascript
from statewright.logs import step


@step
def handler(event: dict[str, Any], context: Any) -> Any:
    """Performs the step and returns its result."""
    return javascript.perform(event["with"])
