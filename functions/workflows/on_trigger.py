"""Queue consumer: starts what schedules, events and uploaded files start."""

from typing import Any

from statewright import batches
from statewright.workflows.triggers import firing


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes a batch; those that cannot be started now come again, the others do not."""
    return batches.take(event, firing.take)
