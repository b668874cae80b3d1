"""Queue consumer: counts executions from Step Functions' status events, batch by batch."""

from typing import Any

from statewright.analytics import executions, metrics
from statewright.analytics.tasks import read_histories_soon
from statewright.json_text import read

_FULL = 500
"""Events of a full batch (``infra/stacks/analytics.yaml``): others are waiting."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes a batch of EventBridge events from SQS.

    A failure fails the batch as a whole: counting is idempotent, so the queue delivers it again.
    """
    details = [read(record["body"])["detail"] for record in event["Records"]]
    ended = executions.record(details, more=len(details) >= _FULL)
    metrics.ingested(details)
    if ended:
        read_histories_soon()
    return {"batchItemFailures": []}
