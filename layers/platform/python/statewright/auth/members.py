"""Members of a workspace: listed, given other roles, deactivated, removed."""

from __future__ import annotations

from typing import Any

from statewright import world
from statewright.auth import audit, sessions
from statewright.auth.access_models import Member, MemberChange
from statewright.auth.authority import may_give
from statewright.db import Session, load_queries, tenant
from statewright.errors import ConflictError, NotFoundError
from statewright.http.caller import Caller
from statewright.http.paging import Page, decode_cursor, encode_cursor
from statewright.ids import is_id, parse_id

_sql = load_queries(__package__, "accounts.sql")


def list_page(workspace_id: str, cursor: str | None, limit: int) -> Page[Member]:
    """Members by e-mail address."""
    after, after_id = (None, None) if cursor is None else decode_cursor(cursor, str, _an_id)
    with tenant(workspace_id) as session:
        rows = session.all(
            _sql.list_members, user_id=None, after=after, after_id=after_id, limit=limit + 1
        )
    items = [Member.model_validate(row) for row in rows[:limit]]
    more = len(rows) > limit
    return Page(
        items=items, next=encode_cursor(items[-1].email, items[-1].user_id) if more else None
    )


def _an_id(text: str) -> str:
    if not is_id(text):
        raise ValueError("not an id")
    return text


def change(caller: Caller, user_id: str, wanted: MemberChange) -> Member:
    """Gives a member another role, deactivates or reactivates them.

    Raises:
        ForbiddenError: the member, or the new role, is allowed more than the caller.
        ConflictError: the workspace would be without an owner.
    """
    with tenant(caller.workspace_id) as session:
        member = _find(session, caller, user_id)
        role = wanted.role or member["role"]
        active = member["active"] if wanted.active is None else wanted.active
        may_give(session, caller, role)
        if not (role == "owner" and active):
            keep_an_owner(session, member)
        session.run(
            _sql.update_member,
            user_id=member["user_id"],
            role=role,
            active=active,
            now=world.now(),
        )
        if not active:
            _sign_out(session, caller, member["user_id"], "member deactivated")
        audit.record(
            session,
            caller,
            "member.changed",
            f"user:{member['user_id']}",
            role=role,
            active=active,
        )
        return _member(session, member["user_id"])


def remove(caller: Caller, user_id: str) -> None:
    """Removes a member; the account stays.

    Raises:
        ForbiddenError: the member is allowed more than the caller.
        ConflictError: the workspace would be without an owner.
    """
    with tenant(caller.workspace_id) as session:
        member = _find(session, caller, user_id)
        keep_an_owner(session, member)
        _sign_out(session, caller, member["user_id"], "member removed")
        session.run(_sql.delete_keys_of, user_id=member["user_id"])
        session.run(_sql.delete_member, user_id=member["user_id"])
        audit.record(session, caller, "member.removed", f"user:{member['user_id']}")


def _find(session: Session, caller: Caller, user_id: str) -> dict[str, Any]:
    """A member whom the caller may change, with the workspace locked for changes of members."""
    chosen = parse_id(user_id, "member")
    session.run(_sql.lock_workspace, id=caller.workspace_id)
    member = session.one(_sql.find_member, user_id=chosen)
    if member is None:
        raise NotFoundError("There is no such member.")
    may_give(session, caller, member["role"])  # nobody changes those who may do more
    return member


def keep_an_owner(session: Session, member: dict[str, Any]) -> None:
    """Raises ConflictError where a member is the last active owner."""
    if member["role"] != "owner" or not member["active"]:
        return
    row = session.one(_sql.count_other_owners, user_id=member["user_id"])
    if row is None or not row["owners"]:
        raise ConflictError("A workspace has at least one active owner.")


def _sign_out(session: Session, caller: Caller, user_id: str, reason: str) -> None:
    sessions.end_sessions(session, user_id, reason, workspace_id=caller.workspace_id)


def _member(session: Session, user_id: str) -> Member:
    row = session.one(_sql.list_members, user_id=user_id, after=None, after_id=None, limit=1)
    return Member.model_validate(row)
