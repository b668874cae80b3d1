"""Claiming deliveries: only one sender gets each, for a while, ready to be handed over.

A batch is claimed in one transaction. What does not go out now is settled there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, assert_never

from psycopg.types.json import Jsonb

from statewright import world
from statewright.aws import kms
from statewright.db import Session, load_queries, tenant
from statewright.notifications import news, templates
from statewright.notifications.gate import Collect, Facts, Go, Later, Never, decide
from statewright.notifications.providers.base import Account
from statewright.notifications.rendering import Rendered, literal, render
from statewright.notifications.sandbox import RenderError

CLAIM = timedelta(minutes=2)
"""How long a sender has a delivery to itself; more than twice what a provider call may take."""
DIGEST = "digest"
_sql = load_queries(__package__)
_accounts = load_queries(__package__, "accounts.sql")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is this sender's until a time, ready to be handed over."""

    row: dict[str, Any]
    body: Rendered
    account: Account | None
    until: datetime


def claim(workspace_id: str, delivery_ids: Iterable[str]) -> list[Claimed]:
    """Claims those of a workspace's deliveries that are to go out now."""
    now = world.now()
    with tenant(workspace_id) as session:
        ids = sorted(set(delivery_ids))
        rows = session.all(_sql.claim_deliveries, ids=ids, now=now, until=now + CLAIM)
        if not rows:
            return []
        prepared = _Preparation(session, now)
        claimed = [prepared.of(row, facts) for row, facts in _with_facts(session, rows, now)]
    for act in prepared.after:
        act()
    return [one for one in claimed if one is not None]


def keep(claimed: Claimed) -> bool:
    """Whether a delivery is this sender's still; a claim that will soon end is made longer."""
    now = world.now()
    if now < claimed.until - CLAIM / 2:
        return True
    with tenant(claimed.row["workspace_id"]) as session:
        held = {"id": claimed.row["id"], "held": claimed.until, "until": now + CLAIM}
        return session.run(_sql.keep_claim, **held) > 0


def reschedule(session: Session, row: dict[str, Any], at: datetime, why: str) -> None:
    """Gives a delivery back until a time."""
    now = world.now()
    news.set_status(session, row["id"], "queued", reason=why[:500], due_at=at, now=now)
    session.run(_sql.postpone_outbox, id=row["id"], channel=row["channel"], due_at=at)
    event = {"status": "queued", "detail": f"{why}; again at {at:%Y-%m-%d %H:%M:%S} UTC"[:500]}
    session.run(_sql.insert_event, id=row["id"], now=now, key=None, **event)


def _with_facts(
    session: Session, rows: list[dict[str, Any]], now: datetime
) -> Iterable[tuple[dict[str, Any], dict[str, Any]]]:
    names = ("id", "user_id", "category", "channel", "address")
    asked = [{name: row[name] for name in names} for row in rows]
    told = session.all(_sql.find_facts, rows=Jsonb(asked), now=now)
    found = {one["id"]: one for one in told}
    return [(row, found[row["id"]]) for row in rows]


@dataclass(slots=True)
class _Preparation:
    """Prepares a transaction's claimed deliveries; looks up once what several have in common."""

    session: Session
    now: datetime
    after: list[news.Act] = field(default_factory=list)
    """What is to be done once it has been committed."""
    _going: Counter[tuple[str, str]] = field(default_factory=Counter)
    _known: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def of(self, row: dict[str, Any], facts: dict[str, Any]) -> Claimed | None:
        """Decides on a delivery; what does not go out now is settled here."""
        verdict = decide(self._facts(row, facts))
        match verdict:
            case Never(status, reason):
                self._settle(row, status, reason)
                return None
            case Later(at, why):
                reschedule(self.session, row, at, why)
                return None
            case Go() | Collect():
                pass
            case _:
                assert_never(verdict)
        try:
            body = self._render(row, facts["profile_locale"])
        except RenderError as error:
            self._settle(row, "failed", str(error)[:500])
            return None
        if isinstance(verdict, Collect):
            self._collect(row, verdict.at, body)
            return None
        self._going[row["channel"], row["address"]] += 1
        return Claimed(row, body, self._account(row), row["claimed_until"])

    def _settle(self, row: dict[str, Any], status: str, reason: str) -> None:
        self.after += news.apply(self.session, row["id"], news.News(status, reason))

    def _facts(self, row: dict[str, Any], facts: dict[str, Any]) -> Facts:
        start, end = facts["quiet_from"], facts["quiet_to"]
        quiet: tuple[time, time] | None = None if start is None else (start, end)
        return Facts(
            now=self.now,
            channel=row["channel"],
            priority=row["priority"],
            expires_at=row["expires_at"],
            mode=facts["mode"] or "instant",
            suppressed=facts["suppressed"],
            sent_today=facts["sent_today"] + self._going[row["channel"], row["address"]],
            daily_cap=facts["daily_cap"],
            time_zone=facts["time_zone"] or "UTC",
            quiet=quiet,
            digest_hour=8 if facts["digest_hour"] is None else facts["digest_hour"],
            is_digest=row["category"] == DIGEST,
        )

    def _render(self, row: dict[str, Any], profile_locale: str | None) -> Rendered:
        if row["template_id"] is None:
            source = literal(row["content"])
        else:
            version = (row["template_id"], row["template_version"])
            source = self._once(version, lambda: templates.find_source(self.session, *version))
        data = {**row["data"], **row["own_data"]}
        return render(source, row["channel"], row["locale"] or profile_locale, data)

    def _account(self, row: dict[str, Any]) -> Account | None:
        """The workspace's account; of chat webhooks there are several, by name."""
        name = row["address"] if row["channel"] == "chat" else "default"
        found: Account | None = self._once(
            (row["channel"], name), lambda: _account(self.session, row, name)
        )
        return found

    def _once(self, key: tuple[Any, ...], find: Callable[[], Any]) -> Any:
        if key not in self._known:
            self._known[key] = find()
        return self._known[key]

    def _collect(self, row: dict[str, Any], at: datetime, body: Rendered) -> None:
        content = Jsonb(body.as_content())
        news.set_status(
            self.session,
            row["id"],
            "held",
            reason="for a digest",
            due_at=at,
            now=self.now,
            content=content,
        )
        self.session.run(_sql.settle_outbox, id=row["id"])
        event = {"status": "held", "detail": f"for the digest of {at:%Y-%m-%d %H:%M} UTC"}
        self.session.run(_sql.insert_event, id=row["id"], now=self.now, key=None, **event)


def _account(session: Session, row: dict[str, Any], name: str) -> Account | None:
    found = session.one(_accounts.find_account, channel=row["channel"], name=name)
    if found is None:
        return None
    purpose = f"notifications:{row['workspace_id']}:{row['channel']}"
    secret = kms.unseal(found["secret"], purpose) if found["secret"] else ""
    return Account(found["kind"], found["settings"], secret)
