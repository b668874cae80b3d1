"""Schedule: starts what is scheduled, and publishes what waits in the outbox."""

from typing import Any

from statewright.notifications import sweeping


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Does what is due, as far as its time goes."""
    return sweeping.sweep(lambda: context.get_remaining_time_in_millis() > 10_000)
