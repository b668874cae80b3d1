"""The password once more, before anything that weakens or ends an account."""

from __future__ import annotations

from typing import Any

from statewright.auth import throttle
from statewright.auth.passwords import verify_password
from statewright.db import load_queries, system
from statewright.errors import ForbiddenError, InvalidError, Issue
from statewright.http.caller import Caller

_sql = load_queries(__package__, "accounts.sql")


def require_person(caller: Caller) -> None:
    """Raises ForbiddenError where a program asks: an account is changed by its owner in person."""
    if not caller.session_id:
        raise ForbiddenError("An API key cannot do this. Sign in instead.")


def confirm_password(caller: Caller, password: str, pointer: str = "/password") -> dict[str, Any]:
    """The caller's account, after its password was given again.

    Raises:
        InvalidError: it is not the password.
        RateLimitedError: it was tried too often.
        ForbiddenError: an API key asks.
    """
    require_person(caller)
    counted = throttle.attempt((throttle.PASSWORD_OF_ACCOUNT, f"user:{caller.user_id}"))
    with system() as session:
        user = session.one(_sql.find_user, user_id=caller.user_id)
    assert user is not None  # the session that asks belongs to it
    if user["password_hash"] is None:
        detail = "Your account has no password. Set one by resetting it, then come back."
        raise InvalidError(detail, (Issue(pointer, "is not set"),))
    if not verify_password(user["password_hash"], password):
        raise InvalidError("The password is not right.", (Issue(pointer, "is not right"),))
    counted.forgive()
    return user
