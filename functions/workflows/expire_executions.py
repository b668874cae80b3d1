"""Every night: removes executions whose time is over."""

from typing import Any

from statewright.workflows import retention


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Answers how many executions were removed."""
    return {"removed": retention.expire()}
