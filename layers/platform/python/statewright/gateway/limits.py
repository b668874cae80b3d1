"""Rate limits and quotas: token buckets in the database, of which processes take some at a time.

A bucket fills at a rate up to its burst (https://en.wikipedia.org/wiki/Token_bucket); a day's quota
is a bucket that does not fill. A process takes one token at first, and twice as many each time that
they are gone within a second, but never more than a twentieth of what is left: a busy process asks
the database seldom, and near the end of a bucket no process holds what others could use. A token
that was taken is gone from the bucket, so all processes together never allow more than it holds.
While a bucket is empty a process asks again only when the next token is due. Where the database
does not answer, nothing is limited: the endpoint will say so itself.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from statewright import world
from statewright.db import load_queries, lookup, system
from statewright.errors import RateLimitedError, UnavailableError
from statewright.gateway.plans import BY_ADDRESS, Rate, assignments

IDLE = timedelta(days=2)
MOST_TAKEN = 1_024
MOST_KEPT = 20_000
"""Buckets that a process knows; beyond, it forgets all, with the tokens that it holds of them."""
AWAY_SECONDS = 5.0
"""How long a database that did not answer is not asked again: requests do not wait for it twice."""
_sql = load_queries(__package__, "limits.sql")
Take = Callable[[str, float, float, int], tuple[int, float]]


def take_from_database(key: str, capacity: float, rate: float, wanted: int) -> tuple[int, float]:
    """How many tokens were granted, and how many are left."""
    row = lookup(_sql.take, key=key, capacity=capacity, rate=rate, wanted=wanted)
    assert row is not None  # the function gives one row
    return int(row["granted"]), float(row["left_over"])


@dataclass(slots=True)
class Share:
    """What a process holds of a bucket."""

    name: str
    key: str
    rate: Rate
    left: int = 0
    remaining: float = 0.0
    """In the bucket itself, when it was last asked."""
    _size: int = 1
    _taken_at: float = -math.inf
    _empty_until: float = -math.inf
    _refilling: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def spend(self, now: float, take: Take) -> float:
        """Spends a token.

        Returns:
            0; or, where there is none, after how many seconds to come again.
        """
        with self._lock:
            if self.left == 0:
                if now < self._empty_until:
                    return self._empty_until - now
                self._refill(now, take)
            if self.left == 0:
                return self._empty_until - now
            self.left -= 1
            if self._refilling or self.left >= self._size // 4:
                return 0.0
            self._refilling = True
            self._grow(now)
        self._refill_ahead(take)
        return 0.0

    def _refill(self, now: float, take: Take) -> None:
        self._grow(now)
        burst, rate = float(self.rate.burst), self.rate.per_second
        self.left, self.remaining = take(self.key, burst, rate, self._size)
        if self.left == 0:
            missing = 1.0 - self.remaining
            self._empty_until = now + (missing / rate if rate > 0 else _until_midnight())

    def _grow(self, now: float) -> None:
        quick = now - self._taken_at < 1.0
        fair = max(1, int(self.remaining / 20))
        self._size = min(self._size * 2 if quick else 1, MOST_TAKEN, fair)
        self._taken_at = now

    def _refill_ahead(self, take: Take) -> None:
        """One thread asks the database while the others spend what is left."""
        try:
            granted, remaining = take(
                self.key, float(self.rate.burst), self.rate.per_second, self._size
            )
            with self._lock:
                self.left += granted
                self.remaining = remaining
        finally:
            self._refilling = False

    def told(self) -> tuple[str, str]:
        """Policy and state, as draft-ietf-httpapi-ratelimit-headers writes them."""
        rate = self.rate.per_second
        window = max(1, math.ceil(self.rate.burst / rate)) if rate else 86_400
        free = self.left + int(self.remaining)
        again = 1 if rate else math.ceil(_until_midnight())
        return f'"{self.name}";q={self.rate.burst};w={window}', f'"{self.name}";r={free};t={again}'


def _until_midnight() -> float:
    now = world.now()
    return 86_400.0 - (now.hour * 3600 + now.minute * 60 + now.second)


class Limiter:
    """A process's shares of all buckets."""

    def __init__(
        self, take: Take = take_from_database, clock: Callable[[], float] = time.monotonic
    ):
        self._take = take
        self._clock = clock
        self._shares: dict[str, Share] = {}
        self._away_until = -math.inf

    def spend(self, *buckets: tuple[str, str, Rate]) -> dict[str, str]:
        """Spends a token of each bucket: its name, its key and its rate.

        Returns:
            Headers that tell what is left.

        Raises:
            RateLimitedError: one of them is empty.
        """
        now = self._clock()
        if now < self._away_until:
            return {}
        shares = [self._share(*bucket) for bucket in buckets]
        for share in shares:
            try:
                wait = share.spend(now, self._take)
            except UnavailableError:
                self._away_until = now + AWAY_SECONDS
                return {}
            if wait > 0:
                detail = f"The limit of this {share.name} is reached. Come again later."
                raise RateLimitedError(detail, max(1, math.ceil(wait)), _headers([share]))
        return _headers(shares)

    def _share(self, name: str, key: str, rate: Rate) -> Share:
        share = self._shares.get(key)
        if share is None or share.rate != rate:
            if len(self._shares) >= MOST_KEPT:
                self._shares.clear()
            share = self._shares[key] = Share(name, key, rate)
        return share


def _headers(shares: list[Share]) -> dict[str, str]:
    told = [share.told() for share in shares]
    return {
        "RateLimit-Policy": ", ".join(policy for policy, _ in told),
        "RateLimit": ", ".join(state for _, state in told),
    }


limiter = Limiter()


def admit(event: dict[str, Any]) -> dict[str, str]:
    """Counts a request.

    Returns:
        Headers that tell what is left.

    Raises:
        RateLimitedError: there have been too many.
    """
    return limiter.spend(*_buckets(event))


def _buckets(event: dict[str, Any]) -> Iterator[tuple[str, str, Rate]]:
    context = event["requestContext"]
    known = context.get("authorizer")
    if not known or "workspace_id" not in known:
        started = str(event.get("resource", "")).startswith(("/hooks/", "/apis/"))
        kind = "webhooks" if started else "open"
        address = context.get("identity", {}).get("sourceIp", "")
        yield "address", f"address:{kind}:{address}", BY_ADDRESS[kind]
        return
    workspace = known["workspace_id"]
    plan = assignments.plan_of(workspace)
    who = known.get("key_id") or known.get("user_id", "")
    yield "principal", f"principal:{workspace}:{who}", plan.principal
    yield "workspace", f"workspace:{workspace}", plan.workspace
    yield "day", day_key(workspace), Rate(0.0, plan.per_day)


def delete_idle() -> int:
    """Forgets buckets that nobody has asked for days; says how many."""
    with system() as session:
        return session.run(_sql.delete_idle_buckets, before=world.now() - IDLE)


def day_key(workspace_id: str) -> str:
    """The bucket of a workspace's quota of today (UTC)."""
    return f"day:{workspace_id}:{world.now():%Y-%m-%d}"
