"""Queue consumer: stores what happened for the endpoints that want to hear of it."""

from typing import Any

from statewright.integrations.endpoints import sending
from statewright.notifications import worker


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes a batch; events that cannot be stored now come again, the others do not."""
    return worker.take(event, sending.tell)
