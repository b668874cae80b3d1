"""Schedule: deletes sessions, links and counters that have been over for a while, once a day."""

from typing import Any

from statewright.auth import expiry


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Deletes, and says how many of what."""
    return expiry.delete_expired()
