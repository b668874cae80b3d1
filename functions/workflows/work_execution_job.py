"""Queue consumer: does jobs over many executions, part by part."""

from typing import Any

from statewright.logs import message
from statewright.workflows import jobs


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes messages, each of which asks for the next part of a job."""
    for record in event["Records"]:
        with message(record):
            jobs.work(record["body"])
    return {"batchItemFailures": []}
