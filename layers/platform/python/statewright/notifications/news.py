"""News of a delivery: applied once, in any order, with what follows from them.

What follows inside the same transaction: the timeline, the end of publishing, a dead address's
suppression, the next channel of a fallback. What follows after it, at the latest by the sweeper:
the outbox is published, and the workflow's step that waits for the result goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from psycopg.types.json import Jsonb

from statewright import world
from statewright.db import Session, load_queries
from statewright.errors import InvalidError
from statewright.logs import CORRELATION, logger
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
    """Applies news of one delivery, as :func:`apply_all` does."""
    return apply_all(session, [(delivery_id, news)])


def apply_all(session: Session, told: Sequence[tuple[str, News]]) -> list[Act]:
    """Applies news of several deliveries of a workspace, in their order, in a transaction.

    Returns:
        What is to be done once it has been committed.
    """
    ids = sorted({delivery_id for delivery_id, _ in told})
    rows = {row["id"]: row for row in session.all(_sql.find_deliveries_for_update, ids=ids)}
    now = world.now()
    changes: list[tuple[dict[str, Any], News]] = []
    for delivery_id, news in _put_in_timelines(session, told, rows, now):
        row = rows[delivery_id]
        if news.dead is not None:
            _bury(session, row, news.dead, now)
        if news.round not in {None, row["round"]}:
            continue  # of an earlier sending: it is in the timeline, and settles nothing
        if advances(row["status"], news.status):
            changes.append((row, news))
            row["status"] = news.status
    if changes:
        session.run(_sql.advance_deliveries, rows=Jsonb(_advanced(changes)), now=now)
        settled = [row["id"] for row, _ in changes if row["status"] not in PENDING]
        session.run(_sql.settle_outboxes, ids=settled)
    followed = [act for row, news in changes for act in _follow(session, row, news.status)]
    return [*_counted(changes), *_logged(changes), *followed]


def _counted(changes: Sequence[tuple[dict[str, Any], News]]) -> list[Act]:
    """Tells the metrics: of many deliveries that went the same way, in one line."""
    counts = Counter((row["channel"], row["template"], news.status) for row, news in changes)
    return [partial(metrics.count, *way, number) for way, number in counts.items()]


def _logged(changes: Sequence[tuple[dict[str, Any], News]]) -> list[Act]:
    """Notes in the log what became of each delivery, with the id of what caused it."""
    return [
        partial(
            logger.info,
            "delivery told",
            delivery_id=row["id"],
            channel=row["channel"],
            status=news.status,
            **({} if row[CORRELATION] is None else {CORRELATION: row[CORRELATION]}),
        )
        for row, news in changes
    ]


def _put_in_timelines(
    session: Session, told: Sequence[tuple[str, News]], rows: Mapping[str, Any], now: datetime
) -> list[tuple[str, News]]:
    """Puts news into the deliveries' timelines; returns what was not told before."""
    once = {(delivery_id, news.key or number): (delivery_id, news)
            for number, (delivery_id, news) in reversed([*enumerate(told)])
            if delivery_id in rows}  # fmt: skip
    new = [*reversed(once.values())]
    if not new:
        return []
    events = [
        {"n": n, "id": i, "status": news.status, "detail": news.detail, "key": news.key}
        for n, (i, news) in enumerate(new)
    ]
    added = session.all(_sql.insert_events, rows=Jsonb(events), now=now)
    keys = {(row["delivery_id"], row["key"]) for row in added}
    return [(i, news) for i, news in new if news.key is None or (i, news.key) in keys]


def _advanced(changes: Sequence[tuple[dict[str, Any], News]]) -> list[dict[str, Any]]:
    """Each delivery's row as all its news leave it."""
    found: dict[str, dict[str, Any]] = {}
    for row, news in changes:
        known = {
            "id": row["id"],
            "status": news.status,
            "reason": news.detail if news.status in UNREACHED else None,
            "provider": news.provider,
            "provider_id": news.provider_id,
            "content": news.content,
        }
        told = {name: value for name, value in known.items() if value is not None}
        found[row["id"]] = found.get(row["id"], {}) | told
    return list(found.values())


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
    acts: list[Act] = []
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
