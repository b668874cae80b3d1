"""Task: counts recorded executions that were not counted, such as those of before analytics."""

from datetime import datetime
from typing import Any

from statewright.analytics import executions


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Takes ``{"since": …, "until": …}``; times have an offset."""
    since, until = (datetime.fromisoformat(event[name]) for name in ("since", "until"))
    return {"facts": executions.backfill(since, until)}
