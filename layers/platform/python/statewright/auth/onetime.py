"""Secrets that open one thing once. The service keeps a digest only, so it can lose none."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from statewright import world
from statewright.db import Session, load_queries
from statewright.errors import GoneError

_sql = load_queries(__package__, "sessions.sql")


@dataclass(frozen=True, slots=True)
class Opened:
    """What a secret opens."""

    user_id: str | None
    data: dict[str, Any]
    created_at: datetime


def digest(secret: str) -> bytes:
    """What is kept of a secret with enough randomness of its own (no salt is needed then)."""
    return hashlib.sha256(secret.encode()).digest()


def issue(
    session: Session,
    use: str,
    user_id: str | None,
    data: dict[str, Any],
    lifetime: timedelta,
) -> str:
    """A new secret for one use."""
    secret = world.new_secret()
    keep(session, use, secret, data, lifetime, user_id)
    return secret


def keep(
    session: Session,
    use: str,
    secret: str,
    data: dict[str, Any],
    lifetime: timedelta,
    user_id: str | None = None,
) -> None:
    """The same for a secret that is there already."""
    now = world.now()
    session.run(
        _sql.insert_one_time_token,
        digest=digest(secret),
        use=use,
        user_id=user_id,
        data=Jsonb(data),
        now=now,
        expires_at=now + lifetime,
    )


def look(session: Session, use: str, secret: str) -> Opened:
    """What a secret opens, without using it up.

    Raises:
        GoneError: it is not one, was used, or its time is over.
    """
    opened = look_for(session, use, secret)
    if opened is None:
        raise GoneError("This link or code does not work any more. Ask for a new one.")
    return opened


def look_for(session: Session, use: str, secret: str) -> Opened | None:
    """What a secret opens, or None."""
    row = session.one(_sql.find_one_time_token, digest=digest(secret), use=use, now=world.now())
    return None if row is None else Opened(**row)


def use_up(session: Session, use: str, secret: str) -> Opened:
    """The same, and the secret never works again."""
    opened = look(session, use, secret)
    session.run(_sql.delete_one_time_token, digest=digest(secret))
    return opened


def void(session: Session, use: str, user_id: str) -> None:
    """Makes a person's earlier secrets of one use worthless."""
    session.run(_sql.delete_one_time_tokens, user_id=user_id, use=use)
