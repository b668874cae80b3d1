"""Schedule: tells every workspace what became of its week, on Mondays."""

from typing import Any

from statewright.notifications import notices


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Sends the summaries; each goes out once however often this runs."""
    return {"summaries": notices.weekly_summary()}
