"""The second factor: codes of an authenticator app (TOTP, RFC 6238) and recovery codes.

Security keys, the other one, are in :mod:`statewright.auth.security_keys`.

A code works once: its time step is noted, and neither that step nor an earlier one works again.
"""

from __future__ import annotations

import secrets
from typing import Any

import pyotp

from statewright import world
from statewright.auth import audit, events, sessions, throttle
from statewright.auth.models import Confirmation, RecoveryCodes, TotpCode, TotpEnrolment
from statewright.auth.onetime import digest
from statewright.auth.reauthentication import confirm_password
from statewright.aws import kms
from statewright.db import Session, load_queries, system
from statewright.errors import ConflictError, InvalidError, Issue
from statewright.http.caller import Caller

ISSUER = "Statewright"
RECOVERY_CODES = 10
_STEP_SECONDS = 30
_DRIFT_STEPS = 1
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_sql = load_queries(__package__, "accounts.sql")
_session_sql = load_queries(__package__, "sessions.sql")


def enrol(caller: Caller, confirmation: Confirmation) -> TotpEnrolment:
    """Makes a secret for an authenticator app; it counts once a code has confirmed it.

    Raises:
        ConflictError: the account has a second factor.
    """
    user, secret = confirm_password(caller, confirmation.password), pyotp.random_base32()
    sealed = kms.seal(secret, _purpose(caller.user_id))
    with system() as session:
        if not session.run(_sql.set_totp, user_id=caller.user_id, secret=sealed):
            raise ConflictError("Your account has a second factor. Turn it off first.")
    uri = pyotp.TOTP(secret).provisioning_uri(name=user["email"], issuer_name=ISSUER)
    return TotpEnrolment(secret=secret, uri=uri)


def confirm(caller: Caller, code: TotpCode) -> RecoveryCodes:
    """Turns the second factor on, after a code has shown that the app is set up.

    Raises:
        InvalidError: the code is not right.
        ConflictError: nothing waits to be confirmed.
    """
    counted = throttle.attempt((throttle.CODE_OF_ACCOUNT, caller.user_id))
    with system() as session:
        user = _user(session, caller.user_id)
        if user["totp_secret"] is None or user["totp_confirmed_at"] is not None:
            raise ConflictError("No second factor waits to be confirmed.")
        if not _check_totp(session, user, code.code):
            issue = Issue("/code", "is not the app's present code")
            raise InvalidError("The code is not right.", (issue,))
        session.run(_sql.confirm_totp, user_id=caller.user_id, now=world.now())
        session.run(_session_sql.prove_session, id=caller.session_id or None)
        sessions.end_sessions(
            session, caller.user_id, "second factor turned on", keep=caller.session_id
        )
        codes = new_codes(session, caller.user_id)
        audit.record(session, caller, "second_factor.on", f"user:{caller.user_id}")
    counted.forgive()
    events.publish("notice", email=user["email"], what="second_factor_on")
    return codes


def remove(caller: Caller, confirmation: Confirmation) -> None:
    """Turns the second factor off: the app, and all security keys."""
    user = confirm_password(caller, confirmation.password)
    with system() as session:
        session.run(_sql.remove_totp, user_id=caller.user_id)
        session.run(_sql.delete_security_keys, user_id=caller.user_id)
        session.run(_sql.delete_recovery_codes, user_id=caller.user_id)
        audit.record(session, caller, "second_factor.off", f"user:{caller.user_id}")
    events.publish("notice", email=user["email"], what="second_factor_off")


def renew_codes(caller: Caller, confirmation: Confirmation) -> RecoveryCodes:
    """Makes new recovery codes and voids the old ones.

    Raises:
        ConflictError: the account has no second factor.
    """
    user = confirm_password(caller, confirmation.password)
    with system() as session:
        if not is_on(session, caller.user_id):
            raise ConflictError("Your account has no second factor.")
        codes = new_codes(session, caller.user_id)
        audit.record(session, caller, "second_factor.codes_made", f"user:{caller.user_id}")
    events.publish("notice", email=user["email"], what="recovery_codes_made")
    return codes


def methods(session: Session, user_id: str) -> list[str]:
    """What an account may answer a challenge with; nothing where signing in needs no more than the
    password."""
    row = session.one(_sql.find_factors, user_id=user_id)
    assert row is not None  # the caller's own account
    found = [name for name in ("totp", "security-key") if row[name]]
    return [*found, "recovery-code"] if found else []


def is_on(session: Session, user_id: str) -> bool:
    """Whether signing in to an account needs more than the password."""
    return bool(methods(session, user_id))


def forget_codes_without_factor(session: Session, user_id: str) -> None:
    """Recovery codes stand in for a second factor: without one they are worth nothing."""
    if not is_on(session, user_id):
        session.run(_sql.delete_recovery_codes, user_id=user_id)


def check(session: Session, user_id: str, code: str) -> str | None:
    """Which kind of code it was, used up; None where it is not right."""
    user = _user(session, user_id)
    if user["totp_confirmed_at"] is not None and _check_totp(session, user, code):
        return "totp"
    spent = session.run(
        _sql.use_recovery_code, user_id=user_id, digest=digest(_plain(code, user_id))
    )
    return "recovery-code" if spent else None


def _user(session: Session, user_id: str) -> dict[str, Any]:
    row = session.one(_sql.find_user, user_id=user_id)
    assert row is not None  # the caller's own account, in a session that lives
    return row


def _check_totp(session: Session, user: dict[str, Any], code: str) -> bool:
    totp = pyotp.TOTP(kms.unseal(user["totp_secret"], _purpose(user["user_id"])))
    present = int(world.now().timestamp()) // _STEP_SECONDS
    for step in range(present - _DRIFT_STEPS, present + _DRIFT_STEPS + 1):
        if pyotp.utils.strings_equal(code.replace(" ", ""), totp.generate_otp(step)):
            return bool(session.run(_sql.use_totp_step, user_id=user["user_id"], step=step))
    return False


def new_codes(session: Session, user_id: str) -> RecoveryCodes:
    """New recovery codes; earlier ones are void."""
    codes = [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(3))
        for _ in range(RECOVERY_CODES)
    ]
    session.run(_sql.delete_recovery_codes, user_id=user_id)
    digests = [digest(_plain(code, user_id)) for code in codes]
    session.run(_sql.insert_recovery_codes, user_id=user_id, digests=digests)
    return RecoveryCodes(codes=codes)


def _plain(code: str, user_id: str) -> str:
    """What is digested: the code without what people add, salted with its owner."""
    return f"{user_id}:{code.strip().lower().replace('-', '').replace(' ', '')}"


def _purpose(user_id: str) -> str:
    return f"totp:{user_id}"
