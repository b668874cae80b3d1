"""Queue consumer: mails and notes that follow requests of people who have not signed in."""

import json
from typing import Any

from statewright.auth import events


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes a batch from SQS; those that fail come again, the others do not."""
    failed = []
    for record in event["Records"]:
        try:
            events.handle(json.loads(record["body"]))
        except Exception:
            events.logger.exception("an auth event failed")
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
