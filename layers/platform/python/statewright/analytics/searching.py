"""Search over executions, their logs and the audit log, by PostgreSQL's full text."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import psycopg
from pydantic import BaseModel, Field

from statewright.analytics.facts import execution_of
from statewright.analytics.querying import TIMEOUT_MS, CostlyError
from statewright.db import load_queries, tenant
from statewright.errors import ForbiddenError, InvalidError, Issue
from statewright.http.caller import Caller
from statewright.http.paging import Page, decode_cursor, encode_cursor
from statewright.ids import is_id

Where = Literal["execution", "log", "audit"]
_MARK, _END = "\x02", "\x03"
_NEEDS: dict[Where, str] = {
    "execution": "executions:read",
    "log": "executions:read",
    "audit": "audit:read",
}
_sql = load_queries(__package__, "searching.sql")


class SearchQuery(BaseModel):
    """What is looked for: words, "phrases in quotes", or, -not. Empty conditions are not asked."""

    words: Annotated[str, Field(max_length=500)] = ""
    kinds: list[Where] | None = None
    workflow_id: str | None = None
    status: Annotated[str, Field(max_length=50)] | None = None
    since: datetime | None = None
    until: datetime | None = None


class Piece(BaseModel):
    """Part of an excerpt, as plain text; ``hit``: it is what was looked for."""

    text: str
    hit: bool = False


class Hit(BaseModel):
    """Something that was found. ``id`` is the execution's, or the audit event's number."""

    kind: Where
    id: str
    at: datetime
    workflow_id: str | None
    status: str | None
    title: str
    excerpt: list[Piece]


def search(caller: Caller, query: SearchQuery, cursor: str | None, limit: int) -> Page[Hit]:
    """What fits every condition, the newest first.

    Raises:
        ForbiddenError: the caller may see nothing of what is asked for.
        CostlyError: it takes more than five seconds.
    """
    kinds = _kinds(caller, query.kinds)
    if "\0" in query.words or (query.workflow_id is not None and not is_id(query.workflow_id)):
        raise InvalidError("That cannot be found.", (Issue("/words", "cannot be looked for"),))
    at, kind, key = (
        decode_cursor(cursor, datetime.fromisoformat, str, str) if cursor else (None, None, None)
    )
    with tenant(caller.workspace_id) as session:
        session.run(_sql.limit_time, milliseconds=str(TIMEOUT_MS))
        try:
            rows = session.all(
                _sql.search,
                **query.model_dump(exclude={"kinds"}),
                kinds=kinds,
                at=at,
                kind=kind,
                key=key,
                limit=limit + 1,
            )
        except psycopg.errors.QueryCanceled:
            raise CostlyError("That takes more than five seconds: look for less.") from None
    items = [_hit(row) for row in rows[:limit]]
    if len(rows) <= limit:
        return Page(items=items)
    last = rows[limit - 1]
    return Page(items=items, next=encode_cursor(last["at"].isoformat(), last["kind"], last["id"]))


def _kinds(caller: Caller, wanted: list[Where] | None) -> list[Where]:
    """The kinds to look through: those asked for, or all that the caller may see."""
    seen: list[Where] = [kind for kind, needs in _NEEDS.items() if needs in caller.permissions]
    chosen = seen if wanted is None else wanted
    for kind in chosen:
        if kind not in seen:
            raise ForbiddenError(
                f"The role {caller.role} does not have the permission {_NEEDS[kind]}."
            )
    if not chosen:
        raise ForbiddenError("There is nothing here that you may search.")
    return chosen


def _hit(row: dict[str, Any]) -> Hit:
    name = row["id"] if row["kind"] == "audit" else execution_of(row["id"])
    return Hit.model_validate({**row, "id": name, "excerpt": pieces(row["excerpt"])})


def pieces(text: str) -> list[Piece]:
    """A text with marks, as pieces with and without."""
    found = []
    for index, part in enumerate(text.split(_MARK)):
        marked, end, rest = part.partition(_END)
        if index == 0 or not end:
            found.append(Piece(text=part))
        else:
            found += [Piece(text=marked, hit=True), Piece(text=rest)]
    return [piece for piece in found if piece.text]
