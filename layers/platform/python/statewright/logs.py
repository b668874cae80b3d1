"""Log lines that belong together carry one ``correlation_id``: the id of what began it all.

It is the id of the execution that a request started, from the line that says which request that was
(``request_id``, which the caller gets as ``X-Request-Id``) over every step's line to the one that
says how it ended. What an execution causes carries it on: its child workflows, those that its
events or its failure start (beside their own ``execution_id``), its messages, tasks and webhooks.
It goes along with queues' messages as an attribute, within notifications' messages and events, in
executions' triggers, and in the rows of what may wait. In CloudWatch:
``fields @timestamp, @message | filter correlation_id = "…"`` over the stack's log groups.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from aws_lambda_powertools import Logger

from statewright.json_text import read

logger = Logger(service="statewright.executions")
"""Its level is ``POWERTOOLS_LOG_LEVEL``: INFO by default, WARNING on one machine."""
CORRELATION = "correlation_id"
"""The key of log lines, and the name under which the id goes along with messages and events."""

Step = Callable[[dict[str, Any], Any], Any]


@contextmanager
def within(**keys: str | None) -> Iterator[None]:
    """Adds keys to every line that this thread logs in here. None leaves a key as it is."""
    before = dict(logger.thread_safe_get_current_keys())
    known = {name: value for name, value in keys.items() if value is not None}
    logger.thread_safe_append_keys(**known)
    try:
        yield
    finally:
        logger.thread_safe_clear_keys()
        logger.thread_safe_append_keys(**before)


def correlation_id() -> str | None:
    """What the lines of this thread carry; None where nothing has brought one here."""
    found: str | None = logger.thread_safe_get_current_keys().get(CORRELATION)
    return found


def passed_on() -> str | None:
    """What goes along with messages and events that are sent from here: in a request that belongs
    to no execution, the request's own id."""
    return correlation_id() or logger.thread_safe_get_current_keys().get("request_id")


def keys_of_execution(name: str, trigger: Any) -> dict[str, str]:
    """The keys of lines about an execution, by what started it."""
    brought = trigger.get(CORRELATION) if isinstance(trigger, dict) else None
    return {CORRELATION: brought if isinstance(brought, str) else name, "execution_id": name}


def note_start(name: str, workflow_id: str) -> None:
    """Notes that an execution was started; the request, or what else has caused it, is a key."""
    keys = keys_of_execution(name, {CORRELATION: correlation_id()})
    logger.info("execution started", **keys, workflow_id=workflow_id)


def step(handler: Step) -> Step:
    """Logs a step's end, and marks all that it logs as its execution's."""

    @wraps(handler)
    def marked(event: dict[str, Any], context: Any) -> Any:
        with within(**_keys_of_step(event)), _noting("step ended"):
            return handler(event, context)

    return marked


def _keys_of_step(event: dict[str, Any]) -> dict[str, str]:
    """A turn is taken before the first step, and knows its execution's ARN only."""
    name = str(event.get("execution_id") or event["execution_arn"].rpartition(":")[2])
    return {**keys_of_execution(name, event), "step": str(event.get("step", "turn"))}


@contextmanager
def message(record: dict[str, Any]) -> Iterator[None]:
    """Logs the end of a queue's message (a record of Lambda's event), and marks all that is logged
    on the way as belonging to what sent it."""
    queue = record.get("eventSourceARN", "").rpartition(":")[2] or None
    keys = {"message_id": record.get("messageId"), "queue": queue}
    with within(**keys, **_brought(record)), _noting("message ended"):
        yield


def _brought(record: dict[str, Any]) -> dict[str, str]:
    attribute = record.get("messageAttributes", {}).get(CORRELATION)
    if attribute is not None:
        return {CORRELATION: attribute["stringValue"]}
    try:
        return _told_by(read(record["body"]))
    except (ValueError, RecursionError):  # whoever takes the message says what is wrong with it
        return {}


def _told_by(body: Any) -> dict[str, str]:
    """What a message of ours, an event, or an event within a trigger's message tells."""
    match body:
        case {"correlation_id": str(found)} | {"detail": {"correlation_id": str(found)}}:
            return {CORRELATION: found}
        case {"event": {"detail": {"correlation_id": str(found)}}}:
            return {CORRELATION: found}
        case {"detail": {"executionArn": str(), "name": str(name)} as detail}:
            given = read(detail.get("input") or "{}")
            return keys_of_execution(name, given.get("trigger") if isinstance(given, dict) else {})
    return {}


@contextmanager
def _noting(what: str) -> Iterator[None]:
    """Logs how something has ended."""
    began, outcome = time.monotonic(), "succeeded"
    try:
        yield
    except Exception as error:
        outcome = type(error).__name__
        raise
    finally:
        took = round((time.monotonic() - began) * 1000)
        logger.info(what, outcome=outcome, milliseconds=took)
