"""A queue's batch, message by message: those that fail come again, the others do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)

from statewright.logs import message

logger = Logger(service="statewright", level="INFO")


def take(event: dict[str, Any], work: Callable[[str], None]) -> dict[str, Any]:
    """Does ``work`` with each message's text; answers with those that failed.

    The processor is made anew for each batch: one process may take several at once.
    """

    def one(record: dict[str, Any]) -> None:
        with message(record):
            try:
                work(record["body"])
            except Exception:
                logger.exception("a message failed")
                raise

    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    return dict(process_partial_response(event, one, processor))


def take_together(
    event: dict[str, Any], work: Callable[[list[str]], None], alone: Callable[[str], None]
) -> dict[str, Any]:
    """Does the ``work`` of all messages at once; where that fails, each one's ``alone``."""
    try:
        work([record["body"] for record in event["Records"]])
    except Exception:
        logger.exception("a batch failed; its messages are taken one by one")
        return take(event, alone)
    return {"batchItemFailures": []}
