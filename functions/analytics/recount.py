"""Task: sums a workspace's facts anew, or judges a workflow's executions by its new target."""

from typing import Any

from statewright.analytics import settings


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Takes ``{"rebuild": <workspace>}``, also with days ``since`` and ``until``, or
    ``{"judge": <workflow>}``."""
    return {"facts": settings.recount(event)}
