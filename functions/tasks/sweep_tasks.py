"""Schedule: reminders, escalation and expiry of human tasks; results that are still to be told."""

from typing import Any

from statewright.tasks import sweeping


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Does what is due, as far as its time goes."""
    return sweeping.sweep(lambda: context.get_remaining_time_in_millis() > 10_000)
