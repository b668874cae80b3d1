"""From a bearer token to a caller: the decision of the API's authorizer.

One look-up in the database says whether the session or key still lives and what its owner may do
now: a role that was taken away, or a session that was ended, counts at the next decision.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from statewright import world
from statewright.auth.onetime import digest
from statewright.auth.roles import permissions_of, scopable
from statewright.auth.sessions import must_enrol
from statewright.auth.tokens import read_access
from statewright.db import load_queries, lookup
from statewright.errors import UnauthenticatedError
from statewright.ids import is_id

KEY_PREFIX = "sw_"
ENROLLING = frozenset({"account:read", "account:write"})
"""All that is allowed until the second factor that the workspace wants is set up."""
_NOTE_USE_AFTER = timedelta(minutes=1)
_sessions = load_queries(__package__, "sessions.sql")
_accounts = load_queries(__package__, "accounts.sql")


def identify(bearer: str) -> dict[str, str]:
    """Who sent a bearer token, access token or API key, as the authorizer's context.

    Raises:
        UnauthenticatedError: it is not valid, or its owner may not come in any more.
    """
    return _by_key(bearer) if bearer.startswith(KEY_PREFIX) else _by_token(bearer)


def _by_token(token: str) -> dict[str, str]:
    claims = read_access(token)
    if not is_id(claims.session_id):
        raise UnauthenticatedError("The access token is not valid any more.")
    row = lookup(_sessions.find_session, id=claims.session_id, now=world.now())
    if row is None:
        raise UnauthenticatedError("This session is over. Sign in again.")
    whole, scoped = _access(row)
    if must_enrol(row):
        whole, scoped = whole & ENROLLING, frozenset()
    return {
        "workspace_id": row["workspace_id"],
        "user_id": row["user_id"],
        "role": row["role"],
        "permissions": " ".join(sorted(whole)),
        "scoped": " ".join(sorted(scoped)),
        "kind": "user",
        "session_id": row["session_id"],
        "method": row["method"],
    }


def _by_key(key: str) -> dict[str, str]:
    now = world.now()
    row = lookup(_accounts.find_api_key, digest=digest(key), now=now)
    if row is None:
        raise UnauthenticatedError("The API key is not known, or its time is over.")
    used = row["last_used_at"]
    if used is None or used + _NOTE_USE_AFTER <= now:
        lookup(_accounts.touch_api_key, id=row["key_id"], now=now)
    whole, scoped = _access(row)
    allowed = permissions_of([row["key_role"]], row["own_roles"])
    if row["permissions"] is not None:
        allowed &= frozenset(row["permissions"])
    return {
        "workspace_id": row["workspace_id"],
        "user_id": row["user_id"],
        "role": row["key_role"],
        "permissions": " ".join(sorted(whole & allowed)),
        "scoped": " ".join(sorted(scoped & allowed)),
        "kind": row["kind"],
        "key_id": row["key_id"],
    }


def _access(row: dict[str, Any]) -> tuple[frozenset[str], frozenset[str]]:
    """What holds in the whole workspace, and what on parts of it."""
    whole = permissions_of(row["roles"], row["own_roles"])
    return whole, scopable(permissions_of(row["scoped_roles"], row["own_roles"]))
