"""Digests: what somebody wants together, once an hour or once a day.

A held delivery keeps its text as it was rendered. The digest is a notification of its own, so it
goes the way of every other; the deliveries in it point to it. All of that is one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from statewright import world
from statewright.db import Session, load_queries, system, tenant
from statewright.notifications import news, outbox, sending
from statewright.notifications.models import Body, NewNotification
from statewright.notifications.news import Act, News
from statewright.notifications.recipients import Planned
from statewright.notifications.sending import Sender

MAX_ITEMS = 200
"""The most messages of one digest; more make another."""
MAX_TEXT = 2_000
"""The most characters that a digest shows of one message."""
_sql = load_queries(__package__, "digests.sql")


def send_due(has_time: Callable[[], bool]) -> int:
    """Sends the digests whose time has come; says how many."""
    with system() as session:
        due = session.all(_sql.list_due, now=world.now())
    sent = 0
    for one in due:
        if not has_time():
            break
        sent += _send_one(**one)
    return sent


def _send_one(workspace_id: str, user_id: str, channel: str, address: str) -> int:
    with tenant(workspace_id) as session:
        rows = session.all(
            _sql.take_held,
            user_id=user_id,
            channel=channel,
            address=address,
            now=world.now(),
            limit=MAX_ITEMS,
        )
        if not rows:
            return 0  # somebody else sent it
        notification_id, acts = _make(session, workspace_id, rows, user_id, channel, address)
    outbox.publish(notification_id)
    for act in acts:
        act()
    return 1


def _make(
    session: Session,
    workspace_id: str,
    rows: list[dict[str, Any]],
    user_id: str,
    channel: str,
    address: str,
) -> tuple[str, list[Act]]:
    wanted = NewNotification(
        to=[f"user:{user_id}"],
        channels=[channel],  # type: ignore[list-item]
        content=_content(rows, channel),
        category="digest",
    )
    notification_id = sending.store(session, Sender(workspace_id, "system:digest"), wanted)
    planned = Planned(f"user:{user_id}", user_id, channel, address, {})
    sending.insert(session, notification_id, [planned])
    acts: list[Act] = []
    for row in rows:
        session.run(_sql.set_digest, id=row["id"], digest_id=notification_id)
        acts += news.apply(session, row["id"], News("digested", f"in {notification_id}"))
    return notification_id, acts


def _content(rows: list[dict[str, Any]], channel: str) -> Body:
    """The messages one below the other; a phone gets their titles only."""
    count = f"{len(rows)} message{'s' if len(rows) > 1 else ''}"
    titles = [_title(row["content"]) for row in rows]
    if channel in {"sms", "push"}:
        return Body(subject=count, text=f"{count}: {'; '.join(titles)}"[:1_500])
    parts = [
        f"{title}\n{(row['content']['text'] or '').strip()[:MAX_TEXT]}"
        for title, row in zip(titles, rows, strict=True)
    ]
    return Body(subject=f"{count} for you", text="\n\n---\n\n".join(parts)[:100_000])


def _title(content: dict[str, Any]) -> str:
    return str(content["subject"] or (content["text"] or "").strip()[:60])
