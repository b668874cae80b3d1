"""The ``email.send`` action."""

from typing import Any

from statewright.logs import step
from statewright.workflows.actions import send_notification


@step
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Sends the step's e-mail and returns its id."""
    return send_notification.perform_email(event)
