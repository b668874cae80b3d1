"""Queue consumer: tells people of failed executions, and starts the workflows that handle them."""

import json
from typing import Any

from statewright import batches
from statewright.workflows import failures


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes a batch; events that fail come again, the others do not."""
    return batches.take(event, lambda text: failures.handle(json.loads(text)["detail"]))
