"""Schedule: sends the digests that are due."""

from typing import Any

from statewright.notifications import digests


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Sends what is due, as far as its time goes."""
    return {"digests": digests.send_due(lambda: context.get_remaining_time_in_millis() > 10_000)}
