"""Queue consumer: asks for new items, and starts an execution for each."""

from typing import Any

from statewright import batches
from statewright.workflows.triggers import polls


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes polls that are due; one that cannot be made now comes again."""
    return batches.take(event, polls.take)
