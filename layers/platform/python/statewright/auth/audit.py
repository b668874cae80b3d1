"""The audit log: what was done, by whom, to what. Each event is chained to the one before.

The hash of an event is SHA-256 of the previous hash, its number, a colon and its record (the JSON
text stored). So whoever has a later hash can tell whether anything earlier was changed, removed or
put in between. The database makes the chain (``chain_audit_event``), in the transaction of what
happened: nothing is done without its event, and no event tells of what was not done.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from statewright import world
from statewright.db import Session, load_queries, tenant
from statewright.http.caller import Caller, Origin
from statewright.http.paging import Page, decode_cursor, encode_cursor

EXPORT_PAGE = 1000
_sql = load_queries(__package__, "audit.sql")


class AuditEvent(BaseModel):
    """Something that happened. ``target`` is what it was done to, as ``kind:id``."""

    sequence: int
    at: datetime
    actor: str
    action: str
    target: str
    address: str
    details: dict[str, Any]
    hash: str


class ChainedEvent(BaseModel):
    """An event as it is chained: ``record`` is the JSON text that ``hash`` covers."""

    sequence: int
    record: str
    hash: str


class AuditQuery(BaseModel):
    """Which events are looked for; conditions not given are not asked."""

    actor: str | None = None
    action: str | None = Field(default=None, description="'session' finds 'session.begun' too")
    target: str | None = None
    words: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def record(
    session: Session, caller: Caller, action: str, target: str = "", **details: object
) -> None:
    """Adds an event to the transaction in which it happens."""
    actor = f"{caller.kind}:{caller.user_id}"
    record_as(session, caller.workspace_id, actor, caller.origin, action, target, **details)


def record_as(
    session: Session,
    workspace_id: str,
    actor: str,
    origin: Origin,
    action: str,
    target: str = "",
    **details: object,
) -> None:
    """The same where nobody has signed in yet."""
    session.noted = True
    now = world.now()
    event = {
        "at": now.isoformat(),
        "actor": actor,
        "action": action,
        "target": target,
        "address": origin.address,
        "details": details,
    }
    session.run(
        _sql.insert_event,
        workspace_id=workspace_id,
        at=now,
        actor=actor,
        action=action,
        target=target,
        record=json.dumps(event, sort_keys=True, ensure_ascii=False, default=str),
    )


def request_note(caller: Caller, function: str, path: dict[str, str]) -> Callable[[Session], None]:
    """What notes a change that an endpoint made without saying so itself.

    Args:
        caller: who asked.
        function: the endpoint's, which names the action.
        path: the path's parameters, the last of which names the target; where there are none, what
            was made does.
    """
    names = [f"{name.removesuffix('_id')}:{value}" for name, value in path.items()]
    kind = function.partition("_")[2]

    def note(session: Session) -> None:
        made = f"{kind}:{session.made}" if session.made else ""
        record(session, caller, function, names[-1] if names else made)

    return note


def search(
    workspace_id: str, query: AuditQuery, cursor: str | None, limit: int
) -> Page[AuditEvent]:
    """Events, the newest first."""
    before = None if cursor is None else decode_cursor(cursor, int)[0]
    with tenant(workspace_id) as session:
        rows = session.all(_sql.search_events, before=before, limit=limit + 1, **query.model_dump())
    items = [
        AuditEvent(sequence=row["sequence"], hash=row["hash"], **json.loads(row["record"]))
        for row in rows[:limit]
    ]
    more = len(rows) > limit
    return Page(items=items, next=encode_cursor(str(items[-1].sequence)) if more else None)


def export(workspace_id: str, cursor: str | None) -> Page[ChainedEvent]:
    """Events in the order of their chain, with what is needed to verify it elsewhere."""
    after = 0 if cursor is None else decode_cursor(cursor, int)[0]
    with tenant(workspace_id) as session:
        rows = session.all(_sql.export_events, after=after, limit=EXPORT_PAGE + 1)
    items = [ChainedEvent.model_validate(row) for row in rows[:EXPORT_PAGE]]
    more = len(rows) > EXPORT_PAGE
    return Page(items=items, next=encode_cursor(str(items[-1].sequence)) if more else None)


def first_break(events: Iterable[ChainedEvent]) -> int | None:
    """The number of the first event that does not follow from those before; None: all do.

    Args:
        events: a whole log from its first event on, in order.
    """
    before = b""
    for expected, event in enumerate(events, 1):
        content = f"{expected}:{event.record}".encode()
        before = hashlib.sha256(before + content).digest()
        if event.sequence != expected or event.hash != before.hex():
            return expected
    return None
