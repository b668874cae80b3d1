"""Endpoints as people manage them: made, changed, their secrets, what was sent, sent again."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

from statewright import world
from statewright.aws import envelope
from statewright.db import Session, load_queries, tenant
from statewright.errors import ConflictError, NotFoundError
from statewright.http.caller import Caller
from statewright.http.paging import Page, decode_cursor, encode_cursor
from statewright.ids import parse_id
from statewright.integrations.endpoints import events, sending
from statewright.integrations.endpoints.models import (
    NewWebhook,
    Queued,
    ReplayRequest,
    SecretRotation,
    Status,
    WebhookAttempt,
    WebhookChange,
    WebhookEndpoint,
    WebhookMessage,
    WebhookMessageDetail,
    WebhookWithSecret,
)
from statewright.integrations.webhooks.standard import SHARED

MOST = 20
_SECRET_BYTES = 32
_sql = load_queries(__package__, "endpoints.sql")


def list_all(caller: Caller) -> list[WebhookEndpoint]:
    """The workspace's endpoints."""
    with tenant(caller.workspace_id) as session:
        return [
            WebhookEndpoint.model_validate(r) for r in session.all(_sql.list_endpoints, id=None)
        ]


def get(caller: Caller, webhook_id: str) -> WebhookEndpoint:
    """One endpoint."""
    with tenant(caller.workspace_id) as session:
        return _found(session, webhook_id)


def create(caller: Caller, new: NewWebhook) -> WebhookWithSecret:
    """Makes an endpoint, with a secret that nobody can read again.

    Raises:
        ConflictError: there are as many as there may be.
    """
    webhook_id, secret = world.new_id(), _new_secret()
    sealed = _seal(caller.workspace_id, webhook_id, secret)
    with tenant(caller.workspace_id) as session:
        session.run(_sql.lock_workspace)
        if (session.one(_sql.count_endpoints) or {})["total"] >= MOST:
            raise ConflictError(f"A workspace has {MOST} webhooks at the most.")
        session.run(
            _sql.insert_endpoint,
            id=webhook_id,
            workspace_id=caller.workspace_id,
            url=new.url,
            description=new.description,
            events=new.events,
            sealed=sealed,
            now=world.now(),
        )
        return WebhookWithSecret(**_found(session, webhook_id).model_dump(), secret=secret)


def change(caller: Caller, webhook_id: str, wanted: WebhookChange) -> WebhookEndpoint:
    """Changes an endpoint."""
    with tenant(caller.workspace_id) as session:
        before = _found(session, webhook_id)
        session.run(_sql.update_endpoint, id=before.id, now=world.now(), **wanted.model_dump())
        return _found(session, before.id)


def delete(caller: Caller, webhook_id: str) -> None:
    """Forgets an endpoint; what is on its way to it is not sent any more."""
    with tenant(caller.workspace_id) as session:
        session.run(_sql.delete_endpoint, id=_found(session, webhook_id).id)


def rotate(caller: Caller, webhook_id: str, wanted: SecretRotation) -> WebhookWithSecret:
    """Gives an endpoint a new secret; the old one signs beside it for a while."""
    secret, now = _new_secret(), world.now()
    with tenant(caller.workspace_id) as session:
        found = _found(session, webhook_id)
        session.run(
            _sql.rotate_secret,
            id=found.id,
            sealed=_seal(caller.workspace_id, found.id, secret),
            until=now + timedelta(hours=wanted.overlap_hours),
            now=now,
        )
        return WebhookWithSecret(**_found(session, found.id).model_dump(), secret=secret)


def send_test(caller: Caller, webhook_id: str) -> WebhookMessage:
    """Sends an event that says only that it is a test, whatever the endpoint wants to hear of."""
    now = world.now()
    with tenant(caller.workspace_id) as session:
        found = _enabled(session, webhook_id)
        data = {"webhook_id": found.id, "text": "This is a test."}
        test = events.message(
            caller.workspace_id, events.TEST, world.new_id(), data, now.isoformat(), now
        )
        ids = sending.store(session, test, [found.id])
        shown = _message(session, found.id, test.id)
    sending.enqueue(ids)
    return WebhookMessage.model_validate(shown)


def list_messages(
    caller: Caller, webhook_id: str, status: Status | None, cursor: str | None, limit: int
) -> Page[WebhookMessage]:
    """What was sent to an endpoint, the newest first."""
    before = None if cursor is None else decode_cursor(cursor, lambda t: parse_id(t, "message"))[0]
    with tenant(caller.workspace_id) as session:
        found = _found(session, webhook_id)
        rows = session.all(
            _sql.list_messages, endpoint_id=found.id, status=status, before=before, limit=limit + 1
        )
    following = encode_cursor(rows[limit - 1]["position"]) if len(rows) > limit else None
    items = [WebhookMessage.model_validate(row) for row in rows[:limit]]
    return Page(items=items, next=following)


def get_message(caller: Caller, webhook_id: str, message_id: str) -> WebhookMessageDetail:
    """A message with every attempt."""
    with tenant(caller.workspace_id) as session:
        row = _message(session, _found(session, webhook_id).id, message_id)
        tries = session.all(_sql.list_attempts, sending_id=row["position"])
    whole = {**row, "payload": json.loads(row["payload"])}
    found = [WebhookAttempt.model_validate(attempt) for attempt in tries]
    return WebhookMessageDetail.model_validate({**whole, "tries": found})


def replay(caller: Caller, webhook_id: str, message_id: str) -> WebhookMessage:
    """Sends a message again, with all its attempts before it.

    Raises:
        ConflictError: the endpoint is turned off, or the message is being sent this moment.
    """
    with tenant(caller.workspace_id) as session:
        found = _enabled(session, webhook_id)
        row = _message(session, found.id, message_id)
        if not session.run(_sql.replay_one, id=row["position"], now=world.now()):
            raise ConflictError("The message is being sent right now.")
        shown = _message(session, found.id, message_id)
    sending.enqueue([row["position"]])
    return WebhookMessage.model_validate(shown)


def replay_all(caller: Caller, webhook_id: str, wanted: ReplayRequest) -> Queued:
    """Sends everything again that was given up since a time.

    Raises:
        ConflictError: the endpoint is turned off.
    """
    with tenant(caller.workspace_id) as session:
        found = _enabled(session, webhook_id)
        rows = session.all(
            _sql.replay_dead, endpoint_id=found.id, since=wanted.since, now=world.now()
        )
    sending.enqueue([row["id"] for row in rows])
    return Queued(messages=len(rows))


def _found(session: Session, webhook_id: str) -> WebhookEndpoint:
    row = session.one(_sql.list_endpoints, id=parse_id(webhook_id, "webhook"))
    if row is None:
        raise NotFoundError("There is no such webhook.")
    return WebhookEndpoint.model_validate(row)


def _enabled(session: Session, webhook_id: str) -> WebhookEndpoint:
    found = _found(session, webhook_id)
    if not found.enabled:
        raise ConflictError("The webhook is turned off. Turn it on first.")
    return found


def _message(session: Session, webhook_id: str, message_id: str) -> dict[str, Any]:
    row = session.one(_sql.find_message, endpoint_id=webhook_id, message_id=message_id)
    if row is None:
        raise NotFoundError("There is no such message.")
    return row


def _new_secret() -> str:
    return SHARED + base64.b64encode(world.random_bytes(_SECRET_BYTES)).decode()


def _seal(workspace_id: str, webhook_id: str, secret: str) -> bytes:
    return envelope.seal(secret.encode(), sending.context_of(workspace_id, webhook_id))
