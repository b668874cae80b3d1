"""The outbox: what is due in it is published to the topic, which feeds one queue per channel.

A row stays until its delivery is settled. Publishing only moves its due time, each time further
away; so a message that was lost anywhere between here and a provider is published again, and one
that was not lost finds its delivery claimed or settled, and is dropped.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger

from statewright import world
from statewright.aws import functions, topics
from statewright.db import Session, load_queries, system
from statewright.errors import UnavailableError
from statewright.settings import settings

logger = Logger(service="statewright", level="INFO")
BATCH = 100
INLINE = 100
"""Deliveries that the request itself publishes; a function goes on with more."""
_sql = load_queries(__package__)


def publish(notification_id: str) -> None:
    """Publishes what a request put into the outbox, as far as it can be done at once."""
    try:
        taken = _publish_some(
            lambda session: session.all(
                _sql.take_due_of, notification_id=notification_id, now=world.now(), limit=INLINE
            )
        )
        if taken == INLINE:
            functions.start(f"{settings().prefix}-notifications-sweep-outbox", {})
    except UnavailableError:
        # The request is stored, so it was accepted, and the sweeper publishes it.
        logger.warning("the outbox waits for its sweeper", exc_info=True)


def sweep(has_time: Callable[[], bool]) -> int:
    """Publishes everything that is due, or as much as there is time for; says how much."""
    total = 0
    while has_time():
        taken = _publish_some(
            lambda session: session.all(_sql.take_due, now=world.now(), limit=BATCH)
        )
        total += taken
        if taken < BATCH:
            break
    return total


def _publish_some(take: Callable[[Session], list[dict[str, Any]]]) -> int:
    """Takes rows and publishes them. The rows' next due time is stored before: a crash in between
    delays them, and publishing first would do no better."""
    with system() as session:
        rows = take(session)
    messages = [
        topics.Message(json.dumps(_content(row)), {"channel": row["channel"]}) for row in rows
    ]
    topics.publish(settings().notifications_topic_arn, messages)
    return len(rows)


def _content(row: dict[str, Any]) -> dict[str, str]:
    names = ("delivery_id", "workspace_id", "correlation_id")
    return {name: row[name] for name in names if row[name] is not None}
