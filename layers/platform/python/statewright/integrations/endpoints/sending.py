"""Messages on their way: stored with their event, put into a queue, sent once for each turn.

A row comes first, then the queue: what a crash leaves out of it, the sweeper puts in. A sending is
claimed before the call, so a message that a queue delivers twice makes one call; a sender that dies
in the middle leaves its claim for a minute and a half, and then the message is sent again, with the
same ``webhook-id``. (Nobody can do better: the call may or may not have arrived.)
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from statewright import logs, world
from statewright.aws import envelope, queues
from statewright.aws.envelope import SealBrokenError
from statewright.db import Session, load_queries, lookup, system, tenant
from statewright.errors import ConflictError
from statewright.integrations import outbound
from statewright.integrations.endpoints import schedule
from statewright.integrations.endpoints.events import Message, message_of, wants
from statewright.integrations.messages import Limits, Request
from statewright.integrations.outbound import OutboundError
from statewright.integrations.reach import reach_of
from statewright.integrations.webhooks import standard
from statewright.notifications import sending as notifications
from statewright.notifications.models import Body, NewNotification
from statewright.notifications.sending import Sender
from statewright.settings import settings

_LIMITS = Limits(size=100_000, seconds=20.0, redirects=0)
_CLAIM = timedelta(seconds=90)
_LONGEST_DELAY = timedelta(seconds=900)
"""What a message may wait in SQS; the sweeper sends the others when their time has come."""
_LATE, _AGAIN = timedelta(seconds=30), timedelta(minutes=5)
_KEPT = timedelta(days=30)
_SWEPT = 500
_SHOWN = 1_000
_GONE = 410
_sql = load_queries(__package__, "endpoints.sql")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt came to. ``asked``: the seconds after which the endpoint wants the next."""

    status: int | None
    problem: str | None
    response: str | None
    asked: float | None = None

    @property
    def taken(self) -> bool:
        """Whether the endpoint has the message."""
        return self.status is not None and 200 <= self.status < 300


def tell(text: str) -> None:
    """Sends an event, as a queue has it, to every endpoint that wants to hear of it."""
    message = message_of(json.loads(text), world.now())
    with tenant(message.workspace_id) as session:
        listening = session.all(_sql.list_listening)
        wanted = [row["id"] for row in listening if wants(row["events"], message.type)]
        ids = store(session, message, wanted) if wanted else []
    enqueue(ids)


def store(session: Session, message: Message, endpoints: Sequence[str]) -> list[str]:
    """Stores a message for some endpoints; returns the sendings that nobody has tried yet."""
    session.run(
        _sql.insert_message,
        id=message.id,
        workspace_id=message.workspace_id,
        type=message.type,
        payload=message.payload,
        now=message.created_at,
        correlation_id=logs.passed_on(),
    )
    for endpoint_id in endpoints:
        session.run(
            _sql.insert_sending,
            id=world.new_id(),
            workspace_id=message.workspace_id,
            endpoint_id=endpoint_id,
            message_id=message.id,
            now=message.created_at,
        )
    return [row["id"] for row in session.all(_sql.list_waiting, message_id=message.id)]


def enqueue(ids: Sequence[str], delay: timedelta = timedelta()) -> None:
    """Puts sendings into the queue, whose messages come no moment too early to be claimed."""
    seconds = math.ceil(delay.total_seconds())
    for sending_id in ids:
        queues.send(settings().webhooks_queue_url, sending_id, seconds)


def send(sending_id: str) -> None:
    """Makes the call that a sending is due for, if it still is, and notes what came of it."""
    now = world.now()
    row = lookup(_sql.claim_sending, id=sending_id, now=now, until=now + _CLAIM)
    if row is None:
        return
    if not row["enabled"]:
        _settle(row, now, Outcome(None, "The webhook is turned off.", None), final=True)
        return
    outcome = _call(row, now)
    _settle(row, now, outcome, final=outcome.status == _GONE)


def _call(row: dict[str, Any], now: datetime) -> Outcome:
    try:
        request = signed(row, _keys(row), now)
        with outbound.stream(request, reach_of(row["workspace_id"]), _LIMITS) as (head, pieces):
            shown = next(pieces, b"")[:_SHOWN].decode("utf-8", "replace").replace("\0", "")
            return Outcome(head.status, None, shown, head.retry_after(now))
    except OutboundError as error:
        return Outcome(None, str(error)[:_SHOWN].replace("\0", ""), None)
    except SealBrokenError:
        return Outcome(None, "The webhook's secret cannot be read: give it a new one.", None)


def signed(row: dict[str, Any], keys: Sequence[str], now: datetime) -> Request:
    """The request of a message, signed with each of the keys."""
    body, time = row["payload"].encode(), str(int(now.timestamp()))
    content = standard.content_of(row["message_id"], time, body)
    signatures = " ".join(f"v1,{standard.sign(key, content)}" for key in keys)
    headers = (
        ("content-type", "application/json"),
        ("user-agent", "statewright-webhooks"),
        ("webhook-id", row["message_id"]),
        ("webhook-timestamp", time),
        ("webhook-signature", signatures),
    )
    return Request("POST", row["url"], headers, body, frozenset(keys))


def _keys(row: dict[str, Any]) -> list[str]:
    context = context_of(row["workspace_id"], row["endpoint_id"])
    found = [row["sealed"], row["previous"]]
    return [envelope.unseal(bytes(one), context).decode() for one in found if one is not None]


def context_of(workspace_id: str, webhook_id: str) -> dict[str, str]:
    """What a secret is sealed for."""
    return {"purpose": "webhook", "workspace": workspace_id, "webhook": webhook_id}


def _settle(row: dict[str, Any], began: datetime, outcome: Outcome, *, final: bool) -> None:
    now = world.now()
    chance = world.random_bytes(1)[0] / 255
    wait = None if final else schedule.wait(row["attempts"], chance, outcome.asked)
    status = "delivered" if outcome.taken else "dead" if wait is None else "pending"
    with tenant(row["workspace_id"]) as session:
        session.run(
            _sql.insert_attempt,
            id=world.new_id(),
            workspace_id=row["workspace_id"],
            sending_id=row["id"],
            at=began,
            milliseconds=int((now - began).total_seconds() * 1000),
            status=outcome.status,
            problem=outcome.problem,
            response=outcome.response,
        )
        next_at = now + wait if wait is not None and not outcome.taken else None
        session.run(_sql.settle_sending, id=row["id"], status=status, next_at=next_at, now=now)
        reason = _judge(session, row, outcome, now)
    if reason is not None:
        _notify(row, reason, now)
    if status == "pending" and wait is not None and wait <= _LONGEST_DELAY:
        enqueue([row["id"]], wait)


def _judge(session: Session, row: dict[str, Any], outcome: Outcome, now: datetime) -> str | None:
    """Notes how an endpoint does; says why it is turned off, if it is."""
    if outcome.taken:
        session.run(_sql.note_success, id=row["endpoint_id"])
        return None
    if not row["enabled"]:
        return None
    since = (session.one(_sql.note_failure, id=row["endpoint_id"], now=now) or {})["failing_since"]
    reason = None
    if outcome.status == _GONE:
        reason = "It answered 410 Gone."
    elif now - since >= schedule.LASTING:
        reason = f"It has taken nothing since {since:%d %B %Y}."
    if reason is None or not session.run(
        _sql.disable_endpoint, id=row["endpoint_id"], reason=reason, now=now
    ):
        return None
    return reason


def _notify(row: dict[str, Any], reason: str, now: datetime) -> None:
    path = f"{settings().base_url}/v1/webhooks/{row['endpoint_id']}"
    wanted = NewNotification(
        to=["role:owner", "role:admin"],
        channels=["in_app", "email"],
        content=Body(
            subject="A webhook was turned off",
            text=f"{row['url'].partition('?')[0]} gets no events any more. {reason}\n"
            f"Turn it on again: PATCH {path} with enabled: true, then POST {path}/replay.",
        ),
        category="webhook-disabled",
        dedup_key=f"webhook-disabled:{row['endpoint_id']}:{now:%Y-%m-%dT%H:%M}",
    )
    try:
        notifications.send(Sender(row["workspace_id"], "system:webhooks"), wanted)
    except ConflictError:
        return  # told this very minute


def sweep() -> dict[str, int]:
    """Puts into the queue what is due and not in it, and forgets what is old; says how much."""
    now = world.now()
    with system() as session:
        rows = session.all(
            _sql.take_due, now=now, late=now - _LATE, again=now - _AGAIN, limit=_SWEPT
        )
        forgotten = session.run(_sql.forget_messages, before=now - _KEPT)
    for row in rows:
        with logs.within(correlation_id=row["correlation_id"]):
            enqueue([row["id"]])
    return {"sent": len(rows), "forgotten": forgotten}
