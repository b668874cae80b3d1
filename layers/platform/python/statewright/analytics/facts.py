"""Facts: what happened, stored once whatever way it is told, with roll-ups that follow.

The roll-ups are sums that the database moves with each fact (``0011_analytics.sql``): a fact that
comes late or changes moves them by the difference, so they always equal a sum over all facts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import Any, Literal

from psycopg.types.json import Jsonb

from statewright.db import Session, load_queries, system

Kind = Literal[
    "execution", "step", "trigger", "notification", "sign_in", "api_call", "change", "decision"
]
MAX_TEXT = 300
"""The most characters of a dimension: roll-ups are kept by them."""
MAX_DETAIL = 2_000
FACT_MONTHS = 13
"""How many months of single facts are kept, besides the present one."""
HOUR_MONTHS = 25
"""How many months of hourly roll-ups are kept; daily ones stay."""
_AHEAD = timedelta(days=2)
"""How far a clock elsewhere may be ahead of ours."""
_sql = load_queries(__package__)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened. ``key`` names it within its kind; a fact with a higher ``revision``
    replaces one with a lower. ``workspace_id`` may be empty where the workflow tells it."""

    kind: Kind
    key: str
    at: datetime
    status: str
    revision: int = 0
    workspace_id: str = ""
    workflow_id: str | None = None
    version: int | None = None
    machine_arn: str | None = None
    subject: str | None = None
    via: str | None = None
    actor: str | None = None
    error: str | None = None
    duration_ms: int | None = None
    attempts: int = 0
    units: int = 0
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A text that can be searched."""

    kind: Literal["execution", "log"]
    id: str
    at: datetime
    workflow_id: str
    status: str
    title: str
    body: str


_FACT = tuple(field.name for field in fields(Fact))
_DOCUMENT = tuple(field.name for field in fields(Document))
_values_of = attrgetter(*_FACT)
_parts_of = attrgetter(*_DOCUMENT)
_BOUNDED = ("subject", "via", "actor", "error", "status")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch: how many facts were new or have changed, in which workspaces."""

    written: int = 0
    workspaces: tuple[str, ...] = ()


def ingest(facts: Sequence[Fact], now: datetime, documents: Sequence[Document] = ()) -> int:
    """Stores facts as :func:`take` does; says how many were new or have changed."""
    return take(facts, now, documents).written


def take(facts: Sequence[Fact], now: datetime, documents: Sequence[Document] = ()) -> Taken:
    """Stores facts, any number of times and in any order; they are counted once this returns.

    Facts that are older than single facts are kept, or from the future, are left out.
    """
    first, last = first_kept(now), now + _AHEAD
    kept = newest(fact for fact in facts if first <= fact.at <= last)
    dated = [one for one in documents if first <= one.at <= last]
    texts = list({(one.kind, one.at, one.id): one for one in dated}.values())
    if not kept:
        return Taken()
    _make_room([*(fact.at for fact in kept), *(text.at for text in texts)])
    with system() as session:
        workspaces = _begin(session, kept)
        written = session.run(_sql.upsert_facts, rows=Jsonb([_row(fact) for fact in kept]))
        if texts:
            session.run(_sql.upsert_documents, rows=Jsonb([_text_row(text) for text in texts]))
    return Taken(written, workspaces if written else ())


def _begin(session: Session, facts: Sequence[Fact]) -> tuple[str, ...]:
    """Takes the turn of each workspace that a batch has facts of; says which they are."""
    named = {(fact.workspace_id or None, fact.workflow_id, fact.kind) for fact in facts}
    workspaces, workflows, kinds = (list(column) for column in zip(*named, strict=True))
    rows = session.all(_sql.begin_batch, workspaces=workspaces, workflows=workflows, kinds=kinds)
    return tuple(row["workspace_id"] for row in rows)


def key_of(workflow_id: str, execution: str) -> str:
    """An execution's key: its name is its own among those of its workflow only."""
    return f"{workflow_id}/{execution}"


def execution_of(key: str) -> str:
    """The name of the execution with a key."""
    return key.partition("/")[2]


def newest(facts: Iterable[Fact]) -> list[Fact]:
    """Each fact once, as its highest revision tells it."""
    found: dict[tuple[str, str, str, str], Fact] = {}
    for fact in facts:
        name = (fact.workspace_id, fact.workflow_id or "", fact.kind, fact.key)
        known = found.get(name)
        if known is None or fact.revision > known.revision:
            found[name] = fact
    return list(found.values())


def first_kept(now: datetime) -> datetime:
    """The beginning of the oldest month whose facts are kept."""
    return month_before(now, FACT_MONTHS)


def month_before(now: datetime, months: int) -> datetime:
    """The beginning of the month so many months ago."""
    count = now.year * 12 + now.month - 1 - months
    return datetime(count // 12, count % 12 + 1, 1, tzinfo=UTC)


def _make_room(moments: Iterable[datetime]) -> None:
    """Makes the months' partitions, each by itself: with another batch's turn in hand, a new
    partition would wait for a batch that waits for this one."""
    months = {date(at.year, at.month, 1) for at in (m.astimezone(UTC) for m in moments)}
    for month in sorted(months):
        with system() as session:
            if session.one(_sql.find_month, name=f"analytics_facts_{month:%Y%m}") is None:
                session.one(_sql.ensure_month, month=month)


def _row(fact: Fact) -> dict[str, object]:
    row: dict[str, Any] = dict(zip(_FACT, _values_of(fact), strict=True))
    for name in _BOUNDED:
        row[name] = clean(row[name], MAX_TEXT)
    row["detail"] = clean(row["detail"], MAX_DETAIL)
    row["at"] = fact.at.isoformat()
    row["workspace_id"] = fact.workspace_id or None
    return row


def readable(text: str) -> str:
    """JSON with its characters as themselves, so that words are found; other texts as they are."""
    if "\\u" not in text:
        return text
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _text_row(text: Document) -> dict[str, object]:
    row = dict(zip(_DOCUMENT, _parts_of(text), strict=True))
    return {**row, "at": text.at.isoformat(), "body": clean(text.body, 200_000)}


def clean(text: str | None, length: int) -> str | None:
    """A text that the database takes: bounded, without NUL and without halves of characters."""
    if text is None or (len(text) <= length and text.isascii() and "\0" not in text):
        return text
    return text[:length].replace("\0", "").encode("utf-8", "replace").decode()
