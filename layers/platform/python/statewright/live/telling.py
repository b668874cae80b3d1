"""Telling those who watch: ``publish`` from anywhere in the product.

A topic belongs to a workspace and is a path such as ``executions/<id>`` or ``inbox/<user id>``;
what one may watch is in :mod:`statewright.live.topics`. Live updates are a convenience: everything
they tell can be asked for as well, so one that is lost is no failure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger

from statewright import world
from statewright.aws import sockets
from statewright.db import load_queries, system
from statewright.errors import UnavailableError

MAX_EVENT = 100_000
"""Bytes of an event; API Gateway takes 128 KB at once."""
_AT_ONCE = 16
_sql = load_queries(__package__, "live.sql")
_logger = Logger(service="statewright", level="INFO")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, for those who watch a topic of a workspace."""

    workspace_id: str
    topic: str
    content: dict[str, Any]


def publish(workspace_id: str, topic: str, event: dict[str, Any]) -> int:
    """Tells an event to everybody who watches the topic.

    Args:
        event: what JSON can hold; moments may be datetimes.

    Returns:
        How many connections were told.
    """
    return publish_all([Event(workspace_id, topic, event)])


def publish_all(events: Iterable[Event]) -> int:
    """Tells many events with one look-up for each workspace."""
    by_workspace: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for event in events:
        topics = by_workspace.setdefault(event.workspace_id, {})
        topics.setdefault(event.topic, []).append(event.content)
    try:
        return sum(_tell(workspace, topics) for workspace, topics in by_workspace.items())
    except UnavailableError as error:
        _logger.warning("live updates are lost", reason=error.detail)
        return 0


def _tell(workspace_id: str, topics: dict[str, list[dict[str, Any]]]) -> int:
    with system() as session:
        watchers = session.all(
            _sql.find_watchers, workspace_id=workspace_id, topics=list(topics), now=world.now()
        )
    if not watchers:
        return 0
    messages = [
        (watcher["connection_id"], _message(watcher["topic"], content))
        for watcher in watchers
        for content in topics[watcher["topic"]]
    ]
    with ThreadPoolExecutor(min(_AT_ONCE, len(watchers))) as threads:
        # In a copy of this context: what is noted of a call is noted of the function that makes it.
        contexts = [copy_context() for _ in messages]
        post = lambda context, message: context.run(sockets.post, *message)  # noqa: E731
        reached: list[bool] = list(threads.map(post, contexts, messages))
    gone = {message[0] for message, ok in zip(messages, reached, strict=True) if not ok}
    for connection_id in gone:
        with system() as session:
            session.run(_sql.delete_connection, id=connection_id)
    return sum(reached)


def _message(topic: str, content: dict[str, Any]) -> bytes:
    """An event as it goes over the wire; one that is too large says only that it happened."""
    text = json.dumps({"type": "event", "topic": topic, "event": content}, default=str)
    if len(text) > MAX_EVENT:
        text = json.dumps({"type": "event", "topic": topic, "event": None})
    return text.encode()
