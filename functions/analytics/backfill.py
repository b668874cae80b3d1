"""Task: counts what was recorded and not counted: executions of before analytics, lost calls."""

from datetime import datetime
from typing import Any

from statewright.analytics import calls, executions, express


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Takes ``{"since": …, "until": …}``; times have an offset."""
    sources = (executions, calls, express)
    since, until = (datetime.fromisoformat(event[name]) for name in ("since", "until"))
    return {"facts": sum(source.backfill(since, until) for source in sources)}
