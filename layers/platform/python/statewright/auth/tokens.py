"""Signed tokens: JWTs for sessions (RFC 7519) and for links that open one thing only.

HS256 with a key from Secrets Manager; asymmetric keys come with the whole auth service.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import jwt

from statewright import world
from statewright.aws.secrets import secret_text
from statewright.errors import GoneError, UnauthenticatedError
from statewright.settings import settings

SESSION = timedelta(hours=12)
_ALGORITHM = "HS256"


def issue_session(workspace_id: str, user_id: str, role: str) -> tuple[str, datetime]:
    """A session token and when it ends."""
    ends = world.now() + SESSION
    claims = {"sub": user_id, "workspace": workspace_id, "role": role, "use": "session"}
    return _sign(claims, ends), ends


def read_session(token: str) -> dict[str, Any]:
    """The claims of a session token.

    Raises:
        UnauthenticatedError: it is not ours, or its time is over.
    """
    try:
        return _read(token, "session")
    except jwt.InvalidTokenError:
        raise UnauthenticatedError("The session is not valid any more.") from None


def issue_link(use: str, subject: str, workspace_id: str, ends: datetime) -> str:
    """A token for a link that opens exactly one thing."""
    return _sign({"sub": subject, "workspace": workspace_id, "use": use}, ends)


def read_link(token: str, use: str) -> dict[str, Any]:
    """The claims of a link token.

    Raises:
        GoneError: it was ours, and its time is over.
        UnauthenticatedError: it is not ours, or for something else.
    """
    try:
        return _read(token, use)
    except jwt.ExpiredSignatureError:
        raise GoneError("This link has expired.") from None
    except jwt.InvalidTokenError:
        raise UnauthenticatedError("This link is not valid.") from None


def _sign(claims: dict[str, Any], ends: datetime) -> str:
    stamped = {**claims, "iat": world.now(), "exp": ends}
    return jwt.encode(stamped, secret_text(settings().secret_id), _ALGORITHM)


def _read(token: str, use: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(
        token,
        secret_text(settings().secret_id),
        algorithms=[_ALGORITHM],
        options={"require": ["exp", "sub", "use", "workspace"]},
    )
    if claims["use"] != use:
        raise jwt.InvalidTokenError("a token for another use")
    return claims
