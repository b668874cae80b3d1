"""Task and schedule: reads what the histories of ended executions say of their steps."""

from typing import Any

from statewright.analytics import histories

_SPARE_MS = 10_000
MOST = 600
"""By the minute: half of what Step Functions gives an account."""


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Reads until nothing is left or it was enough, or some seconds before its time is over."""
    has_time = lambda: context.get_remaining_time_in_millis() > _SPARE_MS  # noqa: E731
    return {"histories": histories.read_histories(has_time, event.get("most", MOST))}
