"""Sessions: begun by a sign-in, kept alive by refresh tokens, listed and ended by their owner.

A refresh token works once and gives the next one. One that comes a second time has been copied by
somebody: then the whole session ends, for the thief and for the owner, who signs in again
(OAuth 2.0 Security Best Current Practice, RFC 9700, section 4.14.2). How long a session lasts, and
how long it may go unused, is the workspace's decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from statewright import world
from statewright.auth import audit
from statewright.auth.models import Session, SessionInfo
from statewright.auth.onetime import digest
from statewright.auth.tokens import AccessClaims, issue_access
from statewright.db import Session as Transaction
from statewright.db import load_queries, system
from statewright.errors import NotFoundError, UnauthenticatedError
from statewright.http.caller import Caller, Origin
from statewright.ids import parse_id

REFRESH_PREFIX = "swr_"
_sql = load_queries(__package__, "sessions.sql")


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody who has shown who they are: a session can begin."""

    user_id: str
    workspace_id: str
    role: str
    method: str
    second_factor: bool
    must_enrol: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """A session in the database; its access token is signed once the transaction is over."""

    entry: Entry
    session_id: str
    refresh_token: str


def begin(session: Transaction, entry: Entry, origin: Origin) -> Begun:
    """Begins a session within a transaction."""
    now, session_id = world.now(), world.new_id()
    session.run(
        _sql.insert_session,
        id=session_id,
        workspace_id=entry.workspace_id,
        user_id=entry.user_id,
        method=entry.method,
        second_factor=entry.second_factor,
        user_agent=origin.user_agent,
        address=origin.address,
        now=now,
    )
    audit.record_as(
        session,
        entry.workspace_id,
        f"user:{entry.user_id}",
        origin,
        "session.begun",
        f"session:{session_id}",
        method=entry.method,
    )
    return Begun(entry, session_id, _next_refresh_token(session, session_id))


def _next_refresh_token(session: Transaction, session_id: str) -> str:
    token = REFRESH_PREFIX + world.new_secret()
    session.run(
        _sql.insert_refresh_token, digest=digest(token), session_id=session_id, now=world.now()
    )
    return token


def opened(begun: Begun) -> Session:
    """A session as its owner gets it, with an access token."""
    entry = begun.entry
    claims = AccessClaims(entry.user_id, entry.workspace_id, begun.session_id)
    token, expires_at = issue_access(claims)
    return Session(
        token=token,
        expires_at=expires_at,
        refresh_token=begun.refresh_token,
        session_id=begun.session_id,
        workspace_id=entry.workspace_id,
        user_id=entry.user_id,
        role=entry.role,
        must_enrol=entry.must_enrol,
    )


def refresh(token: str, origin: Origin) -> Session:
    """The next access and refresh token of a session.

    Raises:
        UnauthenticatedError: the token is not known, was used before, or its session is over.
    """
    with system() as session:
        begun = _refresh(session, token, origin)
    if begun is None:  # only now, so that what was found out stays recorded
        raise UnauthenticatedError("This session is over. Sign in again.")
    return opened(begun)


def _refresh(session: Transaction, token: str, origin: Origin) -> Begun | None:
    now = world.now()
    row = session.one(_sql.find_refresh_token, digest=digest(token), now=now)
    if row is None or row["revoked_at"] is not None:
        return None
    if row["used_at"] is not None:
        _end_stolen(session, row, origin)
        return None
    found = session.one(_sql.find_session, id=row["session_id"], now=now)
    if found is None or row["idle"]:
        return None
    session.run(_sql.use_refresh_token, digest=digest(token), now=now)
    session.run(
        _sql.touch_session,
        id=row["session_id"],
        now=now,
        address=origin.address,
        user_agent=origin.user_agent,
    )
    following = _next_refresh_token(session, row["session_id"])
    return Begun(entry_of(found), row["session_id"], following)


def entry_of(row: dict[str, Any]) -> Entry:
    """Who a session belongs to, as found by ``find_session``."""
    return Entry(
        row["user_id"],
        row["workspace_id"],
        row["role"],
        row["method"],
        row["second_factor"],
        must_enrol(row),
    )


def must_enrol(row: dict[str, Any]) -> bool:
    """Whether the workspace wants a second factor that this session has not shown.

    Sign-in through an identity provider is left to that provider's rules.
    """
    own = row["method"] == "password"
    return bool(own and row["require_second_factor"] and not row["second_factor"])


def _end_stolen(session: Transaction, row: dict[str, Any], origin: Origin) -> None:
    session.run(
        _sql.revoke_session,
        id=row["session_id"],
        user_id=row["user_id"],
        workspace_id=None,
        now=world.now(),
        reason="refresh token used twice",
    )
    audit.record_as(
        session,
        row["workspace_id"],
        f"user:{row['user_id']}",
        origin,
        "session.refresh_reused",
        f"session:{row['session_id']}",
    )


def list_own(caller: Caller) -> list[SessionInfo]:
    """The caller's sessions in all workspaces that it may enter, the newest first."""
    with system() as session:
        rows = session.all(
            _sql.list_sessions,
            user_id=caller.user_id,
            now=world.now(),
            workspace_id=caller.confined_to,
        )
    return [SessionInfo(current=row["id"] == caller.session_id, **row) for row in rows]


def end(caller: Caller, session_id: str) -> None:
    """Ends one of the caller's sessions; ``current`` is the one that asks.

    Raises:
        NotFoundError: not one of the caller's that lives.
    """
    chosen = caller.session_id if session_id == "current" else session_id
    with system() as session:
        ended = session.run(
            _sql.revoke_session,
            id=parse_id(chosen, "session"),
            user_id=caller.user_id,
            workspace_id=caller.confined_to,
            now=world.now(),
            reason="signed out",
        )
        if not ended:
            raise NotFoundError("There is no such session.")
        audit.record(session, caller, "session.ended", f"session:{chosen}")


def end_all(caller: Caller) -> None:
    """Signs the caller out everywhere."""
    with system() as session:
        end_sessions(
            session, caller.user_id, "signed out everywhere", workspace_id=caller.confined_to
        )
        audit.record(session, caller, "session.ended_all", f"user:{caller.user_id}")


def end_sessions(
    session: Transaction,
    user_id: str,
    reason: str,
    *,
    keep: str | None = None,
    workspace_id: str | None = None,
) -> int:
    """Ends a person's sessions within a transaction and returns how many lived."""
    return session.run(
        _sql.revoke_sessions,
        user_id=user_id,
        now=world.now(),
        reason=reason,
        keep=keep or None,
        workspace_id=workspace_id,
    )
