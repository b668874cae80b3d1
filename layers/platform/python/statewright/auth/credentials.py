"""Changing what signs one in: the password and the e-mail address."""

from __future__ import annotations

from statewright import world
from statewright.auth import audit, events, onetime, sessions, throttle
from statewright.auth.links import Use
from statewright.auth.models import EmailChange, MailSent, PasswordChange, PasswordReset
from statewright.auth.passwords import check_strength, hash_password
from statewright.auth.reauthentication import confirm_password
from statewright.db import Session as Transaction
from statewright.db import load_queries, system
from statewright.errors import ConflictError, GoneError
from statewright.http.caller import Caller, Origin

_sql = load_queries(__package__, "accounts.sql")
_session_sql = load_queries(__package__, "sessions.sql")


def change_password(caller: Caller, change: PasswordChange) -> None:
    """Replaces the password and ends every other session.

    Raises:
        InvalidError: the present password is not right, or the new one is too weak.
    """
    user = confirm_password(caller, change.current, "/current")
    check_strength(change.password, "/password", (user["email"], user["name"]))
    password_hash = hash_password(change.password)
    with system() as session:
        session.run(
            _session_sql.set_password_hash, user_id=caller.user_id, password_hash=password_hash
        )
        sessions.end_sessions(session, caller.user_id, "password changed", keep=caller.session_id)
        onetime.void(session, Use.PASSWORD_RESET, caller.user_id)
        audit.record(session, caller, "password.changed", f"user:{caller.user_id}")
    events.publish("notice", email=user["email"], what="password_changed")


def ask_reset(email: str, origin: Origin) -> MailSent:
    """Sends a mail with which the password can be reset, if the address has an account.

    Raises:
        RateLimitedError: it was asked too often, for this address or from this place.
    """
    throttle.attempt(
        (throttle.MAIL_TO_ACCOUNT, email), (throttle.MAIL_FROM_ADDRESS, origin.address)
    )
    events.publish("password_reset", email=email)
    return MailSent()


def reset_password(reset: PasswordReset, origin: Origin) -> None:
    """Sets a new password with the secret of a mail, and ends every session.

    Raises:
        GoneError: the secret was used, or its time is over.
        InvalidError: the password is too weak; the secret still works.
    """
    password_hash = hash_password(reset.password)
    with system() as session:
        opened = onetime.use_up(session, Use.PASSWORD_RESET, reset.token)
        user = session.one(_sql.find_user, user_id=opened.user_id)
        assert user is not None  # the secret would have gone with its account
        check_strength(reset.password, "/password", (user["email"], user["name"]))
        session.run(
            _sql.reset_password,
            user_id=user["user_id"],
            password_hash=password_hash,
            now=world.now(),
        )
        sessions.end_sessions(session, user["user_id"], "password reset")
        _record_everywhere(session, user["user_id"], origin, "password.reset")
    events.publish("notice", email=user["email"], what="password_changed")


def change_email(caller: Caller, change: EmailChange) -> MailSent:
    """Sends a mail to a new address; it counts once its link was followed.

    Raises:
        InvalidError: the password is not right.
        RateLimitedError: it was asked too often.
    """
    confirm_password(caller, change.password)
    throttle.attempt((throttle.MAIL_TO_ACCOUNT, f"user:{caller.user_id}"))
    events.publish("email_verification", user_id=caller.user_id, email=change.email)
    return MailSent()


def verify_email(token: str, origin: Origin) -> None:
    """Takes an address as its owner's: the present one, or a new one in its place.

    Raises:
        GoneError: the secret was used, or its time is over.
        ConflictError: the address has another account.
    """
    with system() as session:
        opened = onetime.use_up(session, Use.EMAIL_VERIFICATION, token)
        user = session.one(_sql.find_user, user_id=opened.user_id)
        if user is None:
            raise GoneError("This account is gone.")
        email = str(opened.data["email"])
        other = session.one(_sql.find_user_by_email, email=email)
        if other is not None and other["user_id"] != user["user_id"]:
            raise ConflictError("This e-mail address has another account.")
        session.run(_sql.set_email, user_id=user["user_id"], email=email, now=world.now())
        _record_everywhere(session, user["user_id"], origin, "email.verified")
    if email != user["email"]:
        events.publish("notice", email=user["email"], what="email_changed")


def _record_everywhere(session: Transaction, user_id: str, origin: Origin, action: str) -> None:
    """An event of somebody who has not signed in, in each workspace that it concerns."""
    for membership in session.all(_session_sql.list_memberships, user_id=user_id):
        audit.record_as(
            session,
            membership["workspace_id"],
            f"user:{user_id}",
            origin,
            action,
            f"user:{user_id}",
        )
