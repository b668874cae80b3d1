"""Queue consumer: tells people of workflows that failed."""

import json
from typing import Any

from statewright import batches
from statewright.notifications import notices


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes a batch; events that fail come again, the others do not."""
    return batches.take(event, lambda text: notices.workflow_failed(json.loads(text)["detail"]))
