"""Invitations: an address is invited as something, and its owner accepts."""

from __future__ import annotations

from typing import Any

from statewright import world
from statewright.auth import audit, events, onetime, throttle
from statewright.auth.access_models import Acceptance, Invitation, Invite
from statewright.auth.authority import may_give
from statewright.auth.links import Use
from statewright.auth.models import Challenge
from statewright.auth.models import Session as SignedIn
from statewright.auth.passwords import check_strength, hash_password, verify_password
from statewright.auth.sign_in import enter
from statewright.db import Session, load_queries, system, tenant
from statewright.errors import (
    ConflictError,
    GoneError,
    InvalidError,
    Issue,
    NotFoundError,
    UnauthenticatedError,
)
from statewright.http.caller import Caller, Origin
from statewright.ids import parse_id

_sql = load_queries(__package__, "accounts.sql")
_GONE = "This invitation does not work any more. Ask for a new one."


def invite(caller: Caller, wanted: Invite) -> Invitation:
    """Invites an address, or once more.

    Raises:
        ForbiddenError: the role allows more than the caller may.
        ConflictError: the address belongs to a member.
        RateLimitedError: this address was invited too often.
    """
    throttle.attempt((throttle.MAIL_TO_ACCOUNT, f"{caller.workspace_id}:{wanted.email}"))
    now = world.now()
    with tenant(caller.workspace_id) as session:
        may_give(session, caller, wanted.role)
        if session.one(_sql.find_member_by_email, email=wanted.email) is not None:
            raise ConflictError("This address belongs to a member.")
        row = session.one(
            _sql.put_invitation,
            id=world.new_id(),
            workspace_id=caller.workspace_id,
            email=wanted.email,
            role=wanted.role,
            invited_by=caller.user_id if caller.kind == "user" else None,
            now=now,
            expires_at=now + Use.INVITATION.lifetime,
        )
        invitation = Invitation.model_validate(row)
        audit.record(
            session,
            caller,
            "invitation.sent",
            f"invitation:{invitation.id}",
            email=wanted.email,
            role=wanted.role,
        )
    events.publish("invitation", invitation=invitation.id)
    return invitation


def list_all(workspace_id: str) -> list[Invitation]:
    """Invitations that wait for an answer."""
    with tenant(workspace_id) as session:
        rows = session.all(_sql.list_invitations, now=world.now())
    return [Invitation.model_validate(row) for row in rows]


def revoke(caller: Caller, invitation_id: str) -> None:
    """Takes an invitation back."""
    chosen = parse_id(invitation_id, "invitation")
    with tenant(caller.workspace_id) as session:
        if not session.run(_sql.delete_invitation, id=chosen):
            raise NotFoundError("There is no such invitation.")
        audit.record(session, caller, "invitation.revoked", f"invitation:{chosen}")


def accept(answer: Acceptance, origin: Origin) -> SignedIn | Challenge:
    """Joins the workspace, with the account of the address or a new one, and signs in.

    Raises:
        GoneError: the invitation was answered, taken back, or its time is over.
        UnauthenticatedError: the address has an account, and this is not its password.
        InvalidError: a new account needs a name and a strong password.
    """
    with system() as session:
        invitation, user = _look(session, answer.token)
    if user is None:
        password_hash = _new_password(answer, invitation["email"])
    else:
        _check_password(user, answer.password)
        password_hash = user["password_hash"]
    with system() as session:
        invitation, user = _look(session, answer.token)
        onetime.use_up(session, Use.INVITATION, answer.token)
        if user is None:
            user = _create(session, invitation["email"], str(answer.name), password_hash)
        _join(session, invitation, user["user_id"], origin)
    return enter(user["user_id"], invitation["workspace_id"], origin)


def _look(session: Session, token: str) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """An invitation that still waits, and the account of its address, if it has one."""
    opened = onetime.look(session, Use.INVITATION, token)
    found = session.one(_sql.find_invitation, id=opened.data["invitation"], now=world.now())
    if found is None:
        raise GoneError(_GONE)
    return found, session.one(_sql.find_user_by_email, email=found["email"])


def _new_password(answer: Acceptance, email: str) -> str:
    if answer.name is None:
        raise InvalidError("Who are you?", (Issue("/name", "is required"),))
    if len(answer.password) < 12:
        issue = Issue("/password", "has fewer than 12 characters")
        raise InvalidError("The password is too short.", (issue,))
    check_strength(answer.password, "/password", (email, answer.name))
    return hash_password(answer.password)


def _check_password(user: dict[str, Any], password: str) -> None:
    counted = throttle.attempt((throttle.PASSWORD_OF_ACCOUNT, user["email"]))
    usable = user["deactivated_at"] is None and user["password_hash"] is not None
    if not verify_password(user["password_hash"] if usable else None, password):
        raise UnauthenticatedError("This address has an account, and this is not its password.")
    counted.forgive()


def _create(session: Session, email: str, name: str, password_hash: str) -> dict[str, Any]:
    """A new account; that the link came by mail has verified its address."""
    user_id, now = world.new_id(), world.now()
    created = session.run(
        _sql.insert_user,
        id=user_id,
        email=email,
        name=name,
        password_hash=password_hash,
        email_verified_at=now,
        now=now,
    )
    if not created:
        raise ConflictError("This address has just got an account. Try again.")
    return {"user_id": user_id}


def _join(session: Session, invitation: dict[str, Any], user_id: str, origin: Origin) -> None:
    session.run(
        _sql.insert_membership,
        workspace_id=invitation["workspace_id"],
        user_id=user_id,
        role=invitation["role"],
        now=world.now(),
    )
    session.run(_sql.delete_invitation, id=invitation["id"])
    audit.record_as(
        session,
        invitation["workspace_id"],
        f"user:{user_id}",
        origin,
        "invitation.accepted",
        f"invitation:{invitation['id']}",
        role=invitation["role"],
    )
