"""Schedule: looks for anomalies in every workflow's last hour."""

from typing import Any

from statewright.ai.watching import alarms


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Keeps and tells what is new, however often this runs."""
    return alarms.watch()
