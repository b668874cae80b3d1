"""The ``sms.send push.send inapp.send notify.send`` actions."""

from typing import Any

from statewright.logs import step
from statewright.workflows.actions import send_notification


@step
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Sends; the step goes on by its task token, at once or when the result is known."""
    return send_notification.perform(event)
