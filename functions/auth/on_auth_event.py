"""Queue consumer: mails and notes that follow requests of people who have not signed in."""

import json
from typing import Any

from statewright import batches
from statewright.auth import events


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes a batch from SQS; those that fail come again, the others do not."""
    return batches.take(event, lambda text: events.handle(json.loads(text)))
