"""Task: counts what was recorded and not counted: executions of before analytics, lost calls."""

from datetime import datetime
from typing import Any

from statewright.analytics import calls, executions


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Takes ``{"since": …, "until": …}``; times have an offset."""
    since, until = (datetime.fromisoformat(event[name]) for name in ("since", "until"))
    return {"facts": executions.backfill(since, until) + calls.backfill(since, until)}
