"""Signing in with a password, and with a second factor where the account has one.

Known and unknown accounts cost the same steps in the same order: count the attempt, look up,
verify a password (of nobody, if need be), and on failure put one message into a queue.
"""

from __future__ import annotations

from statewright import world
from statewright.auth import audit, events, onetime, second_factor, sessions, throttle
from statewright.auth.links import Use
from statewright.auth.models import Challenge, Credentials, SecondStep, Session
from statewright.auth.passwords import hash_password, is_outdated, verify_password
from statewright.auth.sessions import Entry
from statewright.db import Session as Transaction
from statewright.db import load_queries, system
from statewright.errors import ForbiddenError, UnauthenticatedError
from statewright.http.caller import Caller, Origin
from statewright.ids import parse_id

_sql = load_queries(__package__, "sessions.sql")
_WRONG = "The e-mail address or the password is not right."


def sign_in(credentials: Credentials, origin: Origin) -> Session | Challenge:
    """Checks a password and begins a session, or asks for the second factor.

    Raises:
        UnauthenticatedError: no such account, or not its password; which of the two is not said.
        RateLimitedError: too many attempts, whether or not there is such an account.
        ForbiddenError: right, but the account belongs to no such workspace.
    """
    counted = throttle.attempt(
        (throttle.PASSWORD_OF_ACCOUNT, credentials.email),
        (throttle.PASSWORD_FROM_ADDRESS, origin.address),
    )
    with system() as session:
        row = session.one(_sql.find_credentials, email=credentials.email)
    if not verify_password(row["password_hash"] if row else None, credentials.password):
        _note_failure(credentials.email, "password", origin)
        raise UnauthenticatedError(_WRONG)
    assert row is not None  # nobody has nobody's password
    counted.forgive()
    if is_outdated(row["password_hash"]):
        _store_hash(row["user_id"], hash_password(credentials.password))
    return enter(row["user_id"], credentials.workspace_id, origin)


def _store_hash(user_id: str, password_hash: str) -> None:
    with system() as session:
        session.run(_sql.set_password_hash, user_id=user_id, password_hash=password_hash)


def enter(user_id: str, workspace_id: str | None, origin: Origin) -> Session | Challenge:
    """Begins a session after the password was right, or asks for the second factor.

    Args:
        user_id: whose password it was.
        workspace_id: the workspace to enter; None for the oldest.
        origin: where the request came from.
    """
    with system() as session:
        chosen = choose_workspace(session, user_id, workspace_id)
        methods = second_factor.methods(session, user_id)
        if methods:
            return _challenge(session, user_id, chosen, methods)
        begun = _begin(session, user_id, chosen, "password", origin, proven=False)
    return sessions.opened(begun)


def choose_workspace(session: Transaction, user_id: str, wanted: str | None) -> str:
    """The workspace to enter: the one asked for, else the oldest.

    Raises:
        ForbiddenError: the account is not a member of it, or of any.
    """
    mine = [row["workspace_id"] for row in session.all(_sql.list_memberships, user_id=user_id)]
    chosen = [found for found in mine if wanted is None or found == wanted]
    if not chosen:
        raise ForbiddenError("This account does not belong to that workspace.")
    return str(chosen[0])


def _challenge(
    session: Transaction, user_id: str, workspace_id: str, methods: list[str]
) -> Challenge:
    use = Use.SECOND_FACTOR
    secret = onetime.issue(session, use, user_id, {"workspace_id": workspace_id}, use.lifetime)
    return Challenge(
        challenge=secret,
        methods=methods,
        expires_at=world.now() + use.lifetime,
    )


def _begin(
    session: Transaction,
    user_id: str,
    workspace_id: str,
    method: str,
    origin: Origin,
    *,
    proven: bool,
) -> sessions.Begun:
    found = session.one(_sql.find_membership, user_id=user_id, workspace_id=workspace_id)
    if found is None:
        raise ForbiddenError("This account does not belong to that workspace.")
    needed = session.one(_sql.find_requirement, workspace_id=workspace_id)
    assert needed is not None
    must_enrol = needed["require_second_factor"] and method == "password" and not proven
    entry = Entry(user_id, workspace_id, found["role"], method, proven, must_enrol)
    return sessions.begin(session, entry, origin)


def second_step(step: SecondStep, origin: Origin) -> Session:
    """Ends a sign-in with a code, or with what a security key signed.

    Raises:
        GoneError: the challenge's time is over.
        UnauthenticatedError: the answer is not right, or was used before.
        RateLimitedError: too many attempts on this account.
    """
    with system() as session:
        opened = onetime.look(session, Use.SECOND_FACTOR, step.challenge)
    user_id, workspace_id = str(opened.user_id), str(opened.data["workspace_id"])
    counted = throttle.attempt((throttle.CODE_OF_ACCOUNT, user_id))
    with system() as session:
        onetime.look(session, Use.SECOND_FACTOR, step.challenge)  # locked: used once only
        kind = _answered(session, user_id, step)
        user = session.one(_sql.find_email, user_id=user_id)
        if kind is not None:
            onetime.use_up(session, Use.SECOND_FACTOR, step.challenge)
            begun = _begin(session, user_id, workspace_id, "password", origin, proven=True)
    email = str(user["email"]) if user else ""
    if kind is None:
        _note_failure(email, "second factor", origin)
        raise UnauthenticatedError("The answer is not right, or was used before.")
    counted.forgive()
    if kind == "recovery-code":
        events.publish("notice", email=email, what="recovery_code_used")
    return sessions.opened(begun)


def _answered(session: Transaction, user_id: str, step: SecondStep) -> str | None:
    """Which kind of answer it was; None where it is not right."""
    if step.code is not None:
        return second_factor.check(session, user_id, step.code)
    from statewright.auth import security_keys  # its library is slow to import; few need it

    right = security_keys.check(session, user_id, step.challenge, step.credential or {})
    return "security-key" if right else None


def switch(caller: Caller, workspace_id: str) -> Session:
    """Begins a session in another workspace of the caller's.

    Raises:
        ForbiddenError: not a member there, or an API key asks.
    """
    workspace_id = parse_id(workspace_id, "workspace")
    if caller.confined_to not in {None, workspace_id}:
        raise ForbiddenError("You are known to this workspace only. Sign in to the other one.")
    with system() as session:
        now = world.now()
        present = session.one(_sql.find_session, id=caller.session_id or None, now=now)
        if present is None:
            raise ForbiddenError("Only somebody who has signed in can switch workspaces.")
        begun = _begin(
            session,
            caller.user_id,
            workspace_id,
            present["method"],
            caller.origin,
            proven=present["second_factor"],
        )
        audit.record(session, caller, "session.switched", f"workspace:{workspace_id}")
    return sessions.opened(begun)


def _note_failure(email: str, reason: str, origin: Origin) -> None:
    events.publish(
        "sign_in_failed",
        email=email,
        reason=reason,
        address=origin.address,
        user_agent=origin.user_agent,
    )
