"""Queue consumer: sends messages to workspaces' own endpoints."""

from typing import Any

from statewright import batches
from statewright.integrations.endpoints import sending


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes a batch; messages that cannot be tried now come again, the others do not."""
    return batches.take(event, sending.send)
