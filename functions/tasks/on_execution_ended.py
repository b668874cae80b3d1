"""Queue consumer: what executions ask that have failed or were stopped is cancelled."""

import json
from typing import Any

from statewright import batches
from statewright.tasks import sweeping


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes a batch; events that fail come again, the others do not."""
    return batches.take(event, lambda text: sweeping.end_of_execution(json.loads(text)["detail"]))
