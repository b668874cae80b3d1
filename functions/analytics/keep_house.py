"""Schedule: makes the coming month's partitions, drops those whose time is over."""

from typing import Any

from statewright.analytics import keeping


def handler(event: dict[str, Any], context: Any) -> dict[str, list[str]]:
    """Says what was dropped."""
    return {"dropped": keeping.keep_house()}
