"""Schedule: sends what is due and in no queue, and forgets old messages."""

from typing import Any

from statewright.integrations.endpoints import sending


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Does what is due; what is left over is done the next time."""
    return sending.sweep()
