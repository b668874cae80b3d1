"""Queue consumer: sends messages to workspaces' own endpoints."""

from typing import Any

from statewright.integrations.endpoints import sending
from statewright.notifications import worker


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes a batch; messages that cannot be tried now come again, the others do not."""
    return worker.take(event, sending.send)
