"""How often something may be tried: counted per account and per address, known or not.

Every attempt counts first and is taken back where it was right, so that many at once cannot all
slip through before one is counted.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from statewright import world
from statewright.db import load_queries, system
from statewright.errors import RateLimitedError

_sql = load_queries(__package__, "sessions.sql")


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``count`` attempts of one kind in a window of time."""

    kind: str
    count: int
    window: timedelta


PASSWORD_OF_ACCOUNT = Limit("password/account", 10, timedelta(minutes=15))
PASSWORD_FROM_ADDRESS = Limit("password/address", 100, timedelta(minutes=15))
CODE_OF_ACCOUNT = Limit("code/account", 10, timedelta(minutes=15))
MAIL_TO_ACCOUNT = Limit("mail/account", 5, timedelta(hours=1))
MAIL_FROM_ADDRESS = Limit("mail/address", 100, timedelta(hours=1))
REGISTRATION_FROM_ADDRESS = Limit("registration/address", 1000, timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that was counted. ``subjects`` go with ``limits``."""

    limits: tuple[Limit, ...]
    subjects: tuple[str, ...]

    def forgive(self) -> None:
        """It was right: not to be counted; the account's earlier ones are forgotten too."""
        keys = [_key(*pair) for pair in zip(self.limits, self.subjects, strict=True)]
        own = [k for k, limit in zip(keys, self.limits, strict=True) if "account" in limit.kind]
        with system() as session:
            session.run(_sql.forgive_attempts, keys=keys, cleared=own)


def attempt(*limited: tuple[Limit, str]) -> Attempt:
    """Counts an attempt.

    Args:
        limited: each limit with whom or what it is counted for.

    Raises:
        RateLimitedError: one of the limits is reached.
    """
    now = world.now()
    by_key = {_key(limit, subject): limit for limit, subject in limited}
    with system() as session:
        window = max(limit.window for limit, _ in limited)
        rows = session.all(_sql.count_attempt, keys=list(by_key), now=now, ends_at=now + window)
    waits = [
        (row["ends_at"] - now).total_seconds()
        for row in rows
        if row["count"] > by_key[bytes(row["key"])].count
    ]
    if waits:
        raise RateLimitedError("Too many attempts. Wait a while.", int(max(waits)) + 1)
    return Attempt(tuple(limit for limit, _ in limited), tuple(subject for _, subject in limited))


def _key(limit: Limit, subject: str) -> bytes:
    return hashlib.sha256(f"{limit.kind}:{subject}".encode()).digest()
