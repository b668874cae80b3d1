"""Connections: let in by the authorizer, subscribed to topics, forgotten at their end."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from psycopg.types.json import Jsonb
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from statewright import world
from statewright.aws import sockets
from statewright.db import load_queries, system
from statewright.errors import (
    InvalidError,
    RateLimitedError,
    StatewrightError,
    UnauthenticatedError,
)
from statewright.http import Caller
from statewright.live.topics import MAX_TOPIC, watchable

LONGEST = timedelta(hours=2)
"""API Gateway ends a connection after this time."""
MAX_CONNECTIONS = 50
"""Connections that one person or key may have at once."""
MAX_TOPICS = 100
"""Topics that a connection may watch."""
PROTOCOL = "statewright"
"""The WebSocket subprotocol (RFC 6455, 1.9) that browsers ask for beside their token."""
_sql = load_queries(__package__, "live.sql")


class Request(BaseModel):
    """What a client sends: ``{"action": "subscribe", "topics": ["executions"]}``."""

    model_config = ConfigDict(extra="forbid")

    action: str = Field(pattern=r"^(subscribe|unsubscribe|ping)$")
    topics: list[str] = Field(default_factory=list, max_length=MAX_TOPICS)


def connect(connection_id: str, context: dict[str, Any]) -> None:
    """Notes a connection that the authorizer let in.

    Raises:
        RateLimitedError: its owner has very many already.
    """
    caller, now = Caller.from_authorizer(context), world.now()
    with system() as session:
        session.run(_sql.delete_expired_connections, now=now)
        counted = session.one(
            _sql.count_connections,
            workspace_id=caller.workspace_id,
            user_id=caller.user_id,
            now=now,
        )
        if counted is not None and counted["connections"] >= MAX_CONNECTIONS:
            raise RateLimitedError("You have very many connections. Close some.", 60)
        session.run(
            _sql.insert_connection,
            id=connection_id,
            workspace_id=caller.workspace_id,
            caller=Jsonb(context),
            session_id=caller.session_id or None,
            key_id=caller.key_id or None,
            now=now,
            expires_at=now + LONGEST,
        )


def disconnect(connection_id: str) -> None:
    """Forgets a connection."""
    with system() as session:
        session.run(_sql.delete_connection, id=connection_id)


def receive(connection_id: str, text: str) -> None:
    """Does what a client asks for, and answers over the same connection."""
    try:
        answer = _answer(connection_id, text)
    except StatewrightError as error:
        answer = {"type": "error", "problem": error.kind, "detail": error.detail}
    sockets.post(connection_id, json.dumps(answer).encode())


def _answer(connection_id: str, text: str) -> dict[str, Any]:
    request = _read(text)
    with system() as session:
        row = session.one(_sql.find_connection, id=connection_id, now=world.now())
    if row is None:
        raise UnauthenticatedError("Your session is over. Connect again.")
    if request.action == "ping":
        return {"type": "pong"}
    caller = Caller.from_authorizer(row["caller"])
    topics = [watchable(caller, topic[: MAX_TOPIC + 1]) for topic in request.topics]
    _change(connection_id, caller.workspace_id, request.action, topics)
    return {"type": f"{request.action}d", "topics": topics}


def _read(text: str) -> Request:
    try:
        return Request.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = "/".join(map(str, first["loc"]))
        raise InvalidError(f"/{where}: {first['msg']}.") from None


def _change(connection_id: str, workspace_id: str, action: str, topics: list[str]) -> None:
    with system() as session:
        for topic in topics:
            if action == "unsubscribe":
                session.run(_sql.delete_subscription, id=connection_id, topic=topic)
            else:
                session.run(
                    _sql.insert_subscription,
                    id=connection_id,
                    workspace_id=workspace_id,
                    topic=topic,
                )
        watched = session.one(_sql.count_topics, id=connection_id)
        if watched is not None and watched["topics"] > MAX_TOPICS:
            raise InvalidError(f"A connection may watch {MAX_TOPICS} topics at the most.")
