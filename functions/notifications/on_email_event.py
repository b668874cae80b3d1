"""Queue consumer: what SES tells of e-mails that were sent."""

from typing import Any

from statewright import batches
from statewright.notifications import email_events


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes a batch; events that fail come again, the others do not."""
    return batches.take_together(event, email_events.note_all, email_events.note)
