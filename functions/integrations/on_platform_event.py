"""Queue consumer: stores what happened for the endpoints that want to hear of it."""

from typing import Any

from statewright import batches
from statewright.integrations.endpoints import sending


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes a batch; events that cannot be stored now come again, the others do not."""
    return batches.take(event, sending.tell)
