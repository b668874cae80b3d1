"""The ``email.send`` action."""

from typing import Any

from statewright.workflows.actions import send_email


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Sends the step's e-mail and returns its message id."""
    return send_email.perform(event["with"])
