"""Queue consumer: records executions from Step Functions' status events, batch by batch."""

from typing import Any

from statewright.json_text import read
from statewright.workflows import announcing
from statewright.workflows.triggers import ends, turns


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes a batch of EventBridge events from SQS; one upsert records them all.

    A failure fails the batch as a whole: recording is idempotent, so the queue delivers it again.
    """
    details = [read(record["body"])["detail"] for record in event["Records"]]
    announcing.record(details)
    turns.release(details)
    ends.note(details)
    return {"batchItemFailures": []}
