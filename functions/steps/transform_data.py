"""The actions ``data.*`` that need a Lambda."""

from typing import Any

from statewright.integrations.data import transforming
from statewright.logs import step


@step
def handler(event: dict[str, Any], context: Any) -> Any:
    """Performs the step and returns its result."""
    return transforming.perform(event)
