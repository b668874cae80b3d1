"""One delivery, from the queue to a provider.

Three steps, each a transaction or a call: **claim** it (only one sender gets it, for a while),
**hand it over**, **note** what came of it. What comes twice finds it claimed or settled. A sender
that dies leaves a claim that ends, and the outbox publishes the delivery again: the next attempt
knows that the one before was interrupted, and asks the provider first where that can be asked.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, assert_never

from aws_lambda_powertools import Logger
from psycopg.types.json import Jsonb

from statewright import live, world
from statewright.aws import kms, queues
from statewright.db import Session, load_queries, tenant
from statewright.errors import UnavailableError
from statewright.notifications import backoff, news, templates, unsubscribing
from statewright.notifications.gate import Collect, Facts, Go, Later, Never, decide
from statewright.notifications.people_models import InboxItem
from statewright.notifications.providers import choice
from statewright.notifications.providers.base import (
    Account,
    Outgoing,
    PermanentError,
    Taken,
    TransientError,
)
from statewright.notifications.rendering import Rendered, literal, render
from statewright.notifications.sandbox import RenderError
from statewright.settings import settings

CLAIM = timedelta(minutes=2)
"""How long a sender has a delivery to itself; longer than any provider call may take."""
LONGEST_DELAY = 900
"""The longest that a queue holds a message back, in seconds (SQS)."""
DIGEST = "digest"
logger = Logger(service="statewright", level="INFO")
_sql = load_queries(__package__)
_accounts = load_queries(__package__, "accounts.sql")
Send = Callable[[str, Outgoing, Account | None], Taken]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is this sender's, ready to be handed over."""

    row: dict[str, Any]
    body: Rendered
    account: Account | None


def deliver(body: str, send: Send = choice.send) -> None:
    """Does what a queue's message asks for; nothing, where that is done already."""
    asked = json.loads(body)
    claimed = _claim(asked["workspace_id"], asked["delivery_id"])
    if claimed is None:
        return
    row = claimed.row
    try:
        taken = send(row["channel"], _outgoing(claimed), claimed.account)
    except TransientError as error:
        _postpone(row, str(error), error.retry_after)
    except PermanentError as error:
        _note(row, news.News(error.status, str(error)[:500], dead=error.dead))
    else:
        _take(row, claimed.body, taken)


def _claim(workspace_id: str, delivery_id: str) -> Claimed | None:
    now = world.now()
    after: list[Callable[[], None]] = []
    with tenant(workspace_id) as session:
        row = session.one(_sql.claim_delivery, id=delivery_id, now=now, until=now + CLAIM)
        if row is None:
            return None
        claimed = _prepare(session, row, now, after)
    for act in after:
        act()
    return claimed


def _prepare(
    session: Session, row: dict[str, Any], now: datetime, after: list[Callable[[], None]]
) -> Claimed | None:
    """Decides on a claimed delivery; what does not go out now is settled here."""
    facts = session.one(
        _sql.find_facts,
        **{name: row[name] for name in ("user_id", "category", "channel", "address")},
        now=now,
    )
    assert facts is not None  # it is always one row
    verdict = decide(_facts(row, facts, now))
    match verdict:
        case Never(status, reason):
            after += news.apply(session, row["id"], news.News(status, reason))
            return None
        case Later(at, why):
            _reschedule(session, row, at, why)
            return None
        case Go() | Collect():
            pass
        case _:
            assert_never(verdict)
    try:
        body = _render(session, row, facts["profile_locale"])
        if isinstance(verdict, Collect):
            _collect(session, row, verdict.at, body)
            return None
        return Claimed(row, body, _account(session, row))
    except RenderError as error:
        after += news.apply(session, row["id"], news.News("failed", str(error)[:500]))
        return None


def _facts(row: dict[str, Any], facts: dict[str, Any], now: datetime) -> Facts:
    start, end = facts["quiet_from"], facts["quiet_to"]
    quiet: tuple[time, time] | None = None if start is None else (start, end)
    return Facts(
        now=now,
        channel=row["channel"],
        priority=row["priority"],
        expires_at=row["expires_at"],
        mode=facts["mode"] or "instant",
        suppressed=facts["suppressed"],
        sent_today=facts["sent_today"],
        daily_cap=facts["daily_cap"],
        time_zone=facts["time_zone"] or "UTC",
        quiet=quiet,
        digest_hour=8 if facts["digest_hour"] is None else facts["digest_hour"],
        is_digest=row["category"] == DIGEST,
    )


def _render(session: Session, row: dict[str, Any], profile_locale: str | None) -> Rendered:
    if row["template_id"] is None:
        source = literal(row["content"])
    else:
        source = templates.find_source(session, row["template_id"], row["template_version"])
    data = {**row["data"], **row["own_data"]}
    return render(source, row["channel"], row["locale"] or profile_locale, data)


def _account(session: Session, row: dict[str, Any]) -> Account | None:
    """The workspace's account; of chat webhooks there are several, by name."""
    name = row["address"] if row["channel"] == "chat" else "default"
    found = session.one(_accounts.find_account, channel=row["channel"], name=name)
    if found is None:
        return None
    purpose = f"notifications:{row['workspace_id']}:{row['channel']}"
    secret = kms.unseal(found["secret"], purpose) if found["secret"] else ""
    return Account(found["kind"], found["settings"], secret)


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


def _take(row: dict[str, Any], body: Rendered, taken: Taken) -> None:
    """Notes that the provider has it; an in-app message is there with the same commit."""
    told = news.News(
        taken.status,
        taken.provider,
        provider=taken.provider,
        provider_id=taken.provider_id,
        content=taken.content,
    )
    _note(row, told, body if row["channel"] == "in_app" else None)


def _note(row: dict[str, Any], told: news.News, inbox: Rendered | None = None) -> None:
    now, is_new = world.now(), False
    with tenant(row["workspace_id"]) as session:
        if inbox is not None:
            new = session.run(
                _sql.insert_inbox_item,
                id=row["id"],
                user_id=row["user_id"],
                category=row["category"],
                subject=inbox.subject,
                text=inbox.text,
                url=inbox.url,
                now=now,
            )
            is_new = new > 0
        after = news.apply(session, row["id"], told)
    for act in after:
        act()
    if inbox is not None and is_new:
        _show(row, inbox, now)


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
        _note(row, news.News("failed", f"gave up: {detail}"[:500]))
        return
    with tenant(row["workspace_id"]) as session:
        _reschedule(session, row, world.now() + wait, detail)
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


def _reschedule(session: Session, row: dict[str, Any], at: datetime, why: str) -> None:
    now = world.now()
    news.set_status(session, row["id"], "queued", reason=why[:500], due_at=at, now=now)
    session.run(_sql.postpone_outbox, id=row["id"], channel=row["channel"], due_at=at)
    event = {"status": "queued", "detail": f"{why}; again at {at:%Y-%m-%d %H:%M:%S} UTC"[:500]}
    session.run(_sql.insert_event, id=row["id"], now=now, key=None, **event)


def _collect(session: Session, row: dict[str, Any], at: datetime, body: Rendered) -> None:
    now = world.now()
    content = Jsonb(body.as_content())
    news.set_status(
        session, row["id"], "held", reason="for a digest", due_at=at, now=now, content=content
    )
    session.run(_sql.settle_outbox, id=row["id"])
    event = {"status": "held", "detail": f"for the digest of {at:%Y-%m-%d %H:%M} UTC"}
    session.run(_sql.insert_event, id=row["id"], now=now, key=None, **event)
