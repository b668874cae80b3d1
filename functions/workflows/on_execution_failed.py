"""Queue consumer: tells people of failed executions, and starts the workflows that handle them."""

import json
from typing import Any

from statewright.notifications import worker
from statewright.workflows import failures


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes a batch; events that fail come again, the others do not."""
    return worker.take(event, lambda text: failures.handle(json.loads(text)["detail"]))
