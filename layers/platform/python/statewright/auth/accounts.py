"""Accounts: registering a workspace with its owner, and what people do with their own account."""

from __future__ import annotations

from typing import Any

from statewright import world
from statewright.auth import audit, events, onetime, sessions, throttle
from statewright.auth.links import Use
from statewright.auth.models import (
    Account,
    AccountChange,
    MailSent,
    Membership,
    Registration,
    Session,
    WorkspaceName,
)
from statewright.auth.passwords import check_strength, hash_password
from statewright.auth.reauthentication import require_person
from statewright.auth.sessions import Entry
from statewright.db import Session as Transaction
from statewright.db import load_queries, system, tenant
from statewright.errors import ConflictError, NotFoundError
from statewright.http.caller import Caller, Origin
from statewright.settings import settings

_sql = load_queries(__package__, "accounts.sql")
_session_sql = load_queries(__package__, "sessions.sql")


def register(registration: Registration, origin: Origin) -> Session | MailSent:
    """Begins a workspace with its owner.

    Where the deployment asks for it (``registration: mail``), the address is confirmed first, and
    the answer is the same whether or not it has an account. Otherwise the owner is signed in.

    Raises:
        ConflictError: the address has an account (only where it is not confirmed first).
        InvalidError: the password is too weak.
    """
    by_mail = settings().registration == "mail"
    throttle.attempt(
        (throttle.REGISTRATION_FROM_ADDRESS, origin.address),
        *([(throttle.MAIL_TO_ACCOUNT, registration.email)] if by_mail else []),
    )
    about = (registration.email, registration.name, registration.workspace)
    check_strength(registration.password, "/password", about)
    wanted: dict[str, Any] = {
        **registration.model_dump(exclude={"password"}),
        "password_hash": hash_password(registration.password),
    }
    if by_mail:
        use = Use.REGISTRATION
        with system() as session:
            pending = onetime.issue(session, use, None, wanted, use.lifetime)
        events.publish("registration", pending=pending)
        return MailSent()
    with system() as session:
        begun = _create(session, wanted, origin, verified=False)
    _send_verification(begun.entry.user_id, registration.email)
    return sessions.opened(begun)


def confirm_registration(token: str, origin: Origin) -> Session:
    """Makes the workspace and its owner, whose address the link has confirmed.

    Raises:
        GoneError: the link was used, or its time is over.
        ConflictError: the address has got an account since.
    """
    with system() as session:
        opened = onetime.use_up(session, Use.REGISTRATION_LINK, token)
        begun = _create(session, opened.data, origin, verified=True)
    return sessions.opened(begun)


def _create(
    session: Transaction, wanted: dict[str, Any], origin: Origin, *, verified: bool
) -> sessions.Begun:
    user_id, now = world.new_id(), world.now()
    created = session.run(
        _sql.insert_user,
        id=user_id,
        email=wanted["email"],
        name=wanted["name"],
        password_hash=wanted["password_hash"],
        email_verified_at=now if verified else None,
        now=now,
    )
    if not created:
        raise ConflictError("This e-mail address has an account. Sign in instead.")
    workspace_id = _found(session, user_id, wanted["workspace"], origin)
    return sessions.begin(session, Entry(user_id, workspace_id, "owner", "password", False), origin)


def _found(session: Transaction, user_id: str, name: str, origin: Origin) -> str:
    """A new workspace that somebody owns."""
    workspace_id, now = world.new_id(), world.now()
    session.run(_sql.insert_workspace, id=workspace_id, name=name, now=now)
    session.run(
        _sql.insert_membership,
        workspace_id=workspace_id,
        user_id=user_id,
        role="owner",
        now=now,
    )
    audit.record_as(
        session,
        workspace_id,
        f"user:{user_id}",
        origin,
        "workspace.created",
        f"workspace:{workspace_id}",
        name=name,
    )
    return workspace_id


def found_workspace(caller: Caller, wanted: WorkspaceName) -> Membership:
    """Makes another workspace, owned by the caller."""
    require_person(caller)
    with system() as session:
        workspace_id = _found(session, caller.user_id, wanted.name, caller.origin)
    return Membership(workspace_id=workspace_id, workspace=wanted.name, role="owner")


def account(caller: Caller) -> Account:
    """Who the caller is.

    Raises:
        NotFoundError: a service account asks; it is nobody.
    """
    with system() as session:
        row = session.one(
            _sql.find_account, user_id=caller.user_id, workspace_id=caller.workspace_id
        )
    if row is None:
        raise NotFoundError("A service account has no account of its own.")
    return Account(permissions=sorted(caller.permissions), **row)


def change_account(caller: Caller, change: AccountChange) -> Account:
    """Changes the caller's name."""
    require_person(caller)
    with system() as session:
        session.run(_sql.rename_user, user_id=caller.user_id, name=change.name)
        audit.record(session, caller, "account.renamed", f"user:{caller.user_id}")
    return account(caller)


def list_workspaces(caller: Caller) -> list[Membership]:
    """The workspaces that the caller belongs to and may enter."""
    with system() as session:
        rows = session.all(_session_sql.list_memberships, user_id=caller.user_id)
    chosen = caller.confined_to
    return [
        Membership.model_validate(row)
        for row in rows
        if chosen is None or row["workspace_id"] == chosen
    ]


def verify_again(caller: Caller) -> MailSent:
    """Sends the mail that verifies the caller's address once more.

    Raises:
        RateLimitedError: it was sent too often.
    """
    require_person(caller)
    throttle.attempt((throttle.MAIL_TO_ACCOUNT, f"user:{caller.user_id}"))
    with tenant(caller.workspace_id) as session:
        row = session.one(_session_sql.find_email, user_id=caller.user_id)
    assert row is not None  # the session that asks belongs to it
    _send_verification(caller.user_id, row["email"])
    return MailSent()


def _send_verification(user_id: str, email: str) -> None:
    events.publish("email_verification", user_id=user_id, email=email)
