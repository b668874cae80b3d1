"""The in-app inbox: one's own messages, and no one else's."""

from __future__ import annotations

from statewright import world
from statewright.db import load_queries, tenant
from statewright.errors import NotFoundError
from statewright.http.caller import Caller
from statewright.http.paging import Page, decode_cursor, encode_cursor
from statewright.ids import parse_id
from statewright.notifications.people_models import InboxChange, InboxItem, Unread

_sql = load_queries(__package__, "people.sql")


def list_page(
    caller: Caller,
    *,
    unread: bool,
    archived: bool,
    since: str | None,
    cursor: str | None,
    limit: int,
) -> Page[InboxItem]:
    """Messages, the newest first; ``since``: only those that came after one."""
    before = None if cursor is None else parse_id(decode_cursor(cursor, str)[0], "message")
    with tenant(caller.workspace_id) as session:
        rows = session.all(
            _sql.list_inbox,
            user_id=caller.user_id,
            unread=unread,
            archived=archived,
            before=before,
            since=None if since is None else parse_id(since, "message"),
            limit=limit + 1,
        )
    items = [InboxItem.model_validate(row) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].id) if len(rows) > limit else None)


def unread(caller: Caller) -> Unread:
    """How many are unread: a small question, for clients that ask often."""
    with tenant(caller.workspace_id) as session:
        return Unread.model_validate(session.one(_sql.count_unread, user_id=caller.user_id))


def change(caller: Caller, item_id: str, wanted: InboxChange) -> InboxItem:
    """Marks a message, or archives it."""
    with tenant(caller.workspace_id) as session:
        row = session.one(
            _sql.change_inbox_item,
            id=parse_id(item_id, "message"),
            user_id=caller.user_id,
            read=wanted.read,
            archived=wanted.archived,
            now=world.now(),
        )
    if row is None:
        raise NotFoundError("There is no such message.")
    return InboxItem.model_validate(row)


def read_up_to(caller: Caller, item_id: str) -> Unread:
    """Marks everything up to a message as read, and nothing that came since it was shown."""
    with tenant(caller.workspace_id) as session:
        session.run(
            _sql.read_inbox,
            user_id=caller.user_id,
            upto=parse_id(item_id, "message"),
            now=world.now(),
        )
    return unread(caller)
