"""News of a delivery: applied once, in any order, with what follows from them.

What follows inside the same transaction: the timeline, the end of publishing, a dead address's
suppression, the next channel of a fallback. What follows after it, at the latest by the sweeper:
the outbox is published, and the workflow's step that waits for the result goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from statewright import world
from statewright.db import Session, load_queries
from statewright.errors import InvalidError
from statewright.notifications import metrics, outbox, sending, waiting
from statewright.notifications.recipients import Planned, resolve
from statewright.notifications.statuses import PENDING, UNREACHED, advances

_sql = load_queries(__package__)
_people = load_queries(__package__, "people.sql")
Act = Callable[[], None]


@dataclass(frozen=True, slots=True)
class News:
    """Something that became known.

    Args:
        key: the provider's name for its event, where it may tell it twice.
        dead: why the address is not to be used again.
        round: which sending it tells of, where several may; None for the present one.
    """

    status: str
    detail: str
    provider: str | None = None
    provider_id: str | None = None
    content: dict[str, Any] | None = None
    key: str | None = None
    dead: str | None = None
    round: int | None = None


def apply(session: Session, delivery_id: str, news: News) -> list[Act]:
    """Applies news in a transaction.

    Returns:
        What is to be done once it has been committed.
    """
    row = session.one(_sql.find_delivery_for_update, id=delivery_id)
    if row is None:
        return []
    now = world.now()
    event = {"status": news.status, "detail": news.detail, "key": news.key}
    if not session.run(_sql.insert_event, id=delivery_id, now=now, **event):
        return []  # told before
    if news.dead is not None:
        _bury(session, row, news.dead, now)
    if news.round not in {None, row["round"]}:
        return []  # of an earlier sending: it is in the timeline, and settles nothing
    if not advances(row["status"], news.status):
        return []
    content = None if news.content is None else Jsonb(news.content)
    set_status(
        session,
        delivery_id,
        news.status,
        reason=news.detail if news.status in UNREACHED else None,
        provider=news.provider,
        provider_id=news.provider_id,
        content=content,
        now=now,
    )
    if news.status not in PENDING:
        session.run(_sql.settle_outbox, id=delivery_id)
    return _follow(session, row, news.status)


def set_status(
    session: Session,
    delivery_id: str,
    status: str,
    *,
    now: datetime,
    reason: str | None = None,
    provider: str | None = None,
    provider_id: str | None = None,
    content: Jsonb | None = None,
    due_at: datetime | None = None,
) -> None:
    """Stores a delivery's status and what else changed with it."""
    session.run(
        _sql.set_status,
        id=delivery_id,
        status=status,
        now=now,
        reason=reason,
        provider=provider,
        provider_id=provider_id,
        content=content,
        due_at=due_at,
    )


def _bury(session: Session, row: dict[str, Any], reason: str, now: datetime) -> None:
    """An address that is worth nothing is not tried again."""
    if row["channel"] == "push":
        session.run(_people.delete_device_token, token=row["address"])
        return
    session.run(
        _people.put_suppression,
        channel=row["channel"],
        address=row["address"],
        category="*",
        reason=reason,
        now=now,
    )


def _follow(session: Session, row: dict[str, Any], status: str) -> list[Act]:
    workspace_id, notification_id = row["workspace_id"], row["notification_id"]
    acts: list[Act] = [lambda: metrics.count(row["channel"], row["template"], status)]
    if status in UNREACHED and row["strategy"] == "fallback" and _fall_back(session, row):
        acts.append(lambda: outbox.publish(notification_id))
    if row["task_token"] is not None:
        acts.append(lambda: waiting.tell(workspace_id, notification_id))
    return acts


def _fall_back(session: Session, row: dict[str, Any]) -> bool:
    """The next channel on which the same recipient has an address gets the message."""
    if row["notification_status"] == "cancelled":
        return False
    try:
        who = resolve(session, [row["recipient"]])
    except InvalidError:
        return False  # not a member any more
    later = row["channels"][row["channels"].index(row["channel"]) + 1 :]
    for channel in later:
        addresses = who[0].addresses.get(channel) if who else None
        if addresses:
            planned = [
                Planned(row["recipient"], row["user_id"], channel, address, row["data"])
                for address in addresses
            ]
            sending.insert(session, row["notification_id"], planned)
            return True
    return False
