"""Queue consumer: sends in-app messages."""

from typing import Any

from statewright.notifications import worker


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes a batch; messages that fail come again, the others do not."""
    return worker.deliver(event)
