"""Accepting a request to send: the request, its deliveries and the outbox in one transaction.

After the commit nothing is lost: what is published at once is only the outbox's first try.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from statewright import logs, world
from statewright.db import Session, load_queries, system, tenant
from statewright.errors import ConflictError, InvalidError, Issue
from statewright.http.caller import Caller
from statewright.ids import parse_id
from statewright.notifications import outbox, templates, tracking
from statewright.notifications.locales import is_locale
from statewright.notifications.models import NewNotification, Notification, Target
from statewright.notifications.preferences import require_person
from statewright.notifications.recipients import Planned, parse, plan, resolve
from statewright.notifications.template_models import TestSend

FARTHEST = timedelta(days=366)
"""How far ahead something may be scheduled."""
_sql = load_queries(__package__)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: an actor such as ``user:<id>`` in a workspace; a step that may wait."""

    workspace_id: str
    actor: str
    task_token: str | None = None


def send(sender: Sender, wanted: NewNotification) -> Notification:
    """Accepts a request. With a key that was used before, the earlier request is the answer.

    Raises:
        InvalidError: something in it cannot be sent as it is.
        ConflictError: the key was used for something else.
    """
    now = world.now()
    _check_times(wanted, now)
    with tenant(sender.workspace_id) as session:
        notification_id, is_new = _accept(session, sender, wanted, now)
        if is_new and (wanted.send_at is None or wanted.send_at <= now):
            start(session, notification_id, wanted.to, wanted.channels, wanted.strategy)
    if is_new:
        outbox.publish(notification_id)
    return tracking.get(sender.workspace_id, notification_id)


def send_test(caller: Caller, template_id: str, wanted: TestSend) -> Notification:
    """Sends a template to the person who asks."""
    require_person(caller)
    request = NewNotification(
        to=[f"user:{caller.user_id}"],
        channels=wanted.channels,
        template=parse_id(template_id, "template"),
        version=wanted.version,
        locale=wanted.locale,
        data=wanted.data,
    )
    return send(Sender(caller.workspace_id, f"user:{caller.user_id}"), request)


def _check_times(wanted: NewNotification, now: datetime) -> None:
    send_at = wanted.send_at or now
    if send_at > now + FARTHEST:
        raise InvalidError("That is more than a year ahead.", (Issue("/send_at", "is too far"),))
    if wanted.expires_at is not None and wanted.expires_at <= max(now, send_at):
        issue = Issue("/expires_at", "is not after the time of sending")
        raise InvalidError("It would expire before it is sent.", (issue,))
    if wanted.locale is not None and not is_locale(wanted.locale):
        raise InvalidError("That is no locale.", (Issue("/locale", "is no locale"),))


def _accept(
    session: Session, sender: Sender, wanted: NewNotification, now: datetime
) -> tuple[str, bool]:
    """The request's id, and whether it is new."""
    template = None
    if wanted.template is not None:
        template = templates.find(session, wanted.template, wanted.version)
        if template["kind"] != "template":
            raise InvalidError("A layout cannot be sent.", (Issue("/template", "is a layout"),))
    for index, target in enumerate(wanted.to):
        parse(target, index)
        own = target.data if isinstance(target, Target) else {}
        if index == 0 or own:
            schema = None if template is None else template["data_schema"]
            templates.check_data(schema, {**wanted.data, **own})
    fingerprint = _fingerprint(wanted)
    notification_id = world.new_id()
    inserted = session.run(
        _sql.insert_notification,
        **_row(sender, wanted, template),
        id=notification_id,
        fingerprint=fingerprint,
        status="scheduled",
        now=now,
        send_at=wanted.send_at or now,
    )
    if inserted:
        return notification_id, True
    earlier = session.one(_sql.find_by_dedup_key, dedup_key=wanted.dedup_key)
    assert earlier is not None  # the insertion met it
    if bytes(earlier["fingerprint"]) != fingerprint:
        raise ConflictError("This dedup_key was used for another notification.")
    return str(earlier["id"]), False


def store(session: Session, sender: Sender, wanted: NewNotification) -> str:
    """Stores a request of the platform's own as started; its deliveries are the caller's."""
    now, notification_id = world.now(), world.new_id()
    session.run(
        _sql.insert_notification,
        **_row(sender, wanted, None),
        id=notification_id,
        fingerprint=_fingerprint(wanted),
        status="started",
        now=now,
        send_at=now,
    )
    return notification_id


def _fingerprint(wanted: NewNotification) -> bytes:
    text = json.dumps(wanted.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(text.encode()).digest()


def _row(
    sender: Sender, wanted: NewNotification, template: dict[str, Any] | None
) -> dict[str, Any]:
    content = None if wanted.content is None else Jsonb(wanted.content.model_dump())
    return {
        "workspace_id": sender.workspace_id,
        "dedup_key": wanted.dedup_key,
        "template_id": None if template is None else template["id"],
        "template_version": None if template is None else template["version"],
        "content": content,
        "attachments": Jsonb([attachment.model_dump() for attachment in wanted.attachments]),
        "data": Jsonb(wanted.data),
        "locale": wanted.locale,
        "category": wanted.category or (template["category"] if template else "general"),
        "priority": wanted.priority,
        "channels": list(wanted.channels),
        "strategy": wanted.strategy,
        "recipients": Jsonb([t if isinstance(t, str) else t.model_dump() for t in wanted.to]),
        "task_token": sender.task_token,
        "created_by": sender.actor,
        "expires_at": wanted.expires_at,
        "correlation_id": logs.passed_on(),
    }


def start(
    session: Session,
    notification_id: str,
    to: Sequence[str | Target],
    channels: Sequence[str],
    strategy: str,
) -> None:
    """Makes a request's deliveries, in the transaction that marks it as started."""
    if session.one(_sql.start_notification, id=notification_id) is None:
        return  # somebody else did
    planned = plan(resolve(session, to), channels, strategy)
    insert(session, notification_id, planned)


def insert(session: Session, notification_id: str, planned: Iterable[Planned]) -> None:
    """Stores deliveries with their first event and their place in the outbox."""
    rows = [
        {
            "id": world.new_id(),
            "recipient": one.recipient,
            "user_id": one.user_id,
            "channel": one.channel,
            "address": one.address,
            "data": one.data,
            "status": "queued" if one.reason is None else "suppressed",
            "reason": one.reason,
        }
        for one in planned
    ]
    session.run(
        _sql.insert_deliveries, notification_id=notification_id, rows=Jsonb(rows), now=world.now()
    )


def start_scheduled() -> int:
    """Starts the requests whose time has come; says how many."""
    with system() as session:
        due = session.all(_sql.take_scheduled, now=world.now())
    for row in due:
        _start_one(row["workspace_id"], row["id"])
    return len(due)


def _start_one(workspace_id: str, notification_id: str) -> None:
    with tenant(workspace_id) as session:
        row = session.one(_sql.start_notification, id=notification_id)
        if row is None:
            return
        targets = [t if isinstance(t, str) else Target.model_validate(t) for t in row["recipients"]]
        try:
            planned = plan(resolve(session, targets), row["channels"], row["strategy"])
        except InvalidError as error:
            # Somebody left since it was scheduled: that is told, and stops nothing else.
            planned = [Planned("-", None, row["channels"][0], "", {}, error.detail[:300])]
        insert(session, notification_id, planned)
