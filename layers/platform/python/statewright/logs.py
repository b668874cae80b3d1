"""Log lines that belong together carry one ``correlation_id``: their execution's id.

From the line that says which request started it (``request_id``, which the caller gets as
``X-Request-Id``) over every step's line to the one that says how it ended. In CloudWatch:
``fields @timestamp, @message | filter correlation_id = "…"`` over the stack's log groups.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from aws_lambda_powertools import Logger

logger = Logger(service="statewright.executions")
"""Its level is ``POWERTOOLS_LOG_LEVEL``: INFO by default, WARNING on one machine."""

Step = Callable[[dict[str, Any], Any], Any]


@contextmanager
def within(**keys: str) -> Iterator[None]:
    """Adds keys to every line that this thread logs in here."""
    logger.thread_safe_append_keys(**keys)
    try:
        yield
    finally:
        logger.thread_safe_remove_keys(list(keys))


def _execution_of(event: dict[str, Any]) -> str:
    """A turn is taken before the first step, and knows its execution's ARN only."""
    return str(event.get("execution_id") or event["execution_arn"].rpartition(":")[2])


def step(handler: Step) -> Step:
    """Logs a step's end, and marks all that it logs as its execution's."""

    @wraps(handler)
    def marked(event: dict[str, Any], context: Any) -> Any:
        began = time.monotonic()
        with within(correlation_id=_execution_of(event), step=str(event.get("step", "turn"))):
            try:
                result = handler(event, context)
            except Exception as error:
                _end(began, type(error).__name__)
                raise
            _end(began, "succeeded")
            return result

    return marked


def _end(began: float, outcome: str) -> None:
    took = round((time.monotonic() - began) * 1000)
    logger.info("step ended", outcome=outcome, milliseconds=took)
