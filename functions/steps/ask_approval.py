"""The ``human.approval`` action: asks, and leaves; the answer comes by the task token."""

from typing import Any

from statewright.workflows import approvals


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Stores the question and mails its link."""
    return {"approval_id": approvals.ask(event)}
