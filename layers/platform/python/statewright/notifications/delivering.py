"""Deliveries, from the queue to a provider.

Three steps, each a transaction or a call: **claim** them (``claiming``: only one sender gets each,
for a while), **hand** each **over**, **note** what came of it. What comes twice finds it claimed or
settled. A sender that dies leaves claims that end, and the outbox publishes the deliveries again:
the next attempt knows that the one before was interrupted, and asks the provider first where that
can be asked.

A batch is claimed at once, and noted at once after some seconds at the latest; but what goes to
providers that would show a message twice is noted before the next one is handed over.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger

from statewright import live, world
from statewright.aws import queues
from statewright.db import Session, load_queries, tenant
from statewright.errors import UnavailableError
from statewright.notifications import backoff, claiming, news, unsubscribing
from statewright.notifications.claiming import Claimed
from statewright.notifications.people_models import InboxItem
from statewright.notifications.providers import choice
from statewright.notifications.providers.base import (
    Account,
    Outgoing,
    PermanentError,
    Taken,
    TransientError,
)
from statewright.notifications.rendering import Rendered
from statewright.settings import settings

NOTED_WITHIN = timedelta(seconds=2)
"""How long what came of a delivery waits for what comes of the batch's others."""
LONGEST_DELAY = 900
"""The longest that a queue holds a message back, in seconds (SQS)."""
_SHOW_TWICE = frozenset({"smtp", "slack", "teams", "discord"})
"""Providers that neither know a message again nor say what they have."""
logger = Logger(service="statewright", level="INFO")
_sql = load_queries(__package__)
Send = Callable[[str, Outgoing, Account | None], Taken]


@dataclass(frozen=True, slots=True)
class _Told:
    """What came of a delivery, and the message where it is for an inbox."""

    row: dict[str, Any]
    news: news.News
    inbox: Rendered | None = None


def deliver(body: str, send: Send = choice.send) -> None:
    """Does what a queue's message asks for; nothing, where that is done already."""
    batch = Batch([], send)
    batch.deliver(body)
    batch.note()


class Batch:
    """A queue's batch: claimed when it is made, then delivered one by one, then noted."""

    def __init__(self, bodies: Iterable[str], send: Send = choice.send):
        self._send = send
        self._claimed: dict[str, Claimed | None] = {}
        """By delivery; None for what is not to be sent, or was."""
        self._told: list[_Told] = []
        self._noted_at = world.now()
        asked = defaultdict(list)
        for workspace_id, delivery_id in filter(None, map(_asked, bodies)):
            asked[workspace_id].append(delivery_id)
        for workspace_id, ids in asked.items():
            try:
                self._claim(workspace_id, ids)
            except Exception:  # one of them may be at fault: each is claimed by itself
                logger.exception("a batch could not be claimed")

    def _claim(self, workspace_id: str, ids: list[str]) -> None:
        claimed = {one.row["id"]: one for one in claiming.claim(workspace_id, ids)}
        self._claimed |= {name: claimed.get(name) for name in ids}

    def deliver(self, body: str) -> None:
        """Does what one of the queue's messages asks for; nothing, where that is done already."""
        asked = json.loads(body)
        workspace_id, delivery_id = asked["workspace_id"], asked["delivery_id"]
        if delivery_id not in self._claimed:
            self._claim(workspace_id, [delivery_id])
        claimed, self._claimed[delivery_id] = self._claimed[delivery_id], None
        if claimed is not None and claiming.keep(claimed):
            self._hand_over(claimed)

    def _hand_over(self, claimed: Claimed) -> None:
        row = claimed.row
        try:
            taken = self._send(row["channel"], _outgoing(claimed), claimed.account)
        except TransientError as error:
            _postpone(row, str(error), error.retry_after)
            return
        except PermanentError as error:
            told = _Told(row, news.News(error.status, str(error)[:500], dead=error.dead))
        else:
            told = _told(row, claimed.body, taken)
        if claimed.account is not None and claimed.account.kind in _SHOW_TWICE:
            _note([told])
        else:
            self._told.append(told)
        if world.now() - self._noted_at >= NOTED_WITHIN:
            self.note()

    def note(self) -> None:
        """Notes what came of the deliveries that were handed over."""
        self._noted_at = world.now()
        told, self._told = self._told, []
        by_workspace = defaultdict(list)
        for one in told:
            by_workspace[one.row["workspace_id"]].append(one)
        for group in by_workspace.values():
            _note(group)


def _asked(body: str) -> tuple[str, str] | None:
    """Workspace and delivery that a message names; None where it names none."""
    try:
        asked = json.loads(body)
        return str(asked["workspace_id"]), str(asked["delivery_id"])
    except (ValueError, KeyError, TypeError):
        return None


def _outgoing(claimed: Claimed) -> Outgoing:
    row = claimed.row
    return Outgoing(
        id=row["id"],
        workspace_id=row["workspace_id"],
        address=row["address"],
        body=claimed.body,
        category=row["category"],
        priority=row["priority"],
        unsubscribe_url=unsubscribing.link(row) if row["channel"] == "email" else None,
        attachments=tuple(row["attachments"]),
        round=row["round"],
        interrupted=row["interrupted"],
    )


def _told(row: dict[str, Any], body: Rendered, taken: Taken) -> _Told:
    """That the provider has it; an in-app message is there with the same commit."""
    told = news.News(
        taken.status,
        taken.provider,
        provider=taken.provider,
        provider_id=taken.provider_id,
        content=taken.content,
    )
    return _Told(row, told, body if row["channel"] == "in_app" else None)


def _note(group: list[_Told]) -> None:
    """Notes what came of a workspace's deliveries."""
    now = world.now()
    with tenant(group[0].row["workspace_id"]) as session:
        fresh = [one for one in group if one.inbox and _put(session, one.row, one.inbox, now)]
        after = news.apply_all(session, [(one.row["id"], one.news) for one in group])
    for act in after:
        act()
    for one in fresh:
        assert one.inbox is not None
        _show(one.row, one.inbox, now)


def _put(session: Session, row: dict[str, Any], message: Rendered, now: datetime) -> bool:
    """Puts a message into an inbox; whether it was not there."""
    new = session.run(
        _sql.insert_inbox_item,
        id=row["id"],
        user_id=row["user_id"],
        category=row["category"],
        subject=message.subject,
        text=message.text,
        url=message.url,
        now=now,
    )
    return new > 0


def _show(row: dict[str, Any], message: Rendered, now: datetime) -> None:
    """Tells the person, if connected, as their inbox would."""
    shown = InboxItem(
        id=row["id"],
        category=row["category"],
        subject=message.subject,
        text=message.text,
        url=message.url,
        created_at=now,
        read_at=None,
        archived_at=None,
    )
    topic = f"inbox/{row['user_id']}"
    live.publish(row["workspace_id"], topic, shown.model_dump(mode="json"))


def _postpone(row: dict[str, Any], detail: str, asked: float | None) -> None:
    """Gives a delivery back until it may be tried again, or gives it up."""
    wait = backoff.delay(row["attempts"], asked)
    if wait is None:
        _note([_Told(row, news.News("failed", f"gave up: {detail}"[:500]))])
        return
    with tenant(row["workspace_id"]) as session:
        claiming.reschedule(session, row, world.now() + wait, detail)
    if wait.total_seconds() <= LONGEST_DELAY:
        _wake(row, int(wait.total_seconds()) + 1)


def _wake(row: dict[str, Any], seconds: int) -> None:
    """The queue itself brings it back in time; should it not, the outbox does."""
    message = {"delivery_id": row["id"], "workspace_id": row["workspace_id"]}
    url = settings().notification_queue_url(row["channel"])
    try:
        queues.send(url, json.dumps(message), seconds)
    except UnavailableError:
        logger.warning("a retry waits for the sweeper", exc_info=True)
