"""Clearing away what is over."""

from __future__ import annotations

from datetime import timedelta

from statewright import world
from statewright.db import load_queries, system
from statewright.gateway import idempotency, limits

KEPT = timedelta(days=30)
"""How long sessions that are over stay, so that somebody can be told why they were signed out."""
_sql = load_queries(__package__, "sessions.sql")
_providers = load_queries("statewright.auth.sso", "providers.sql")


def delete_expired() -> dict[str, int]:
    """Deletes links, counters and kept answers that are over, and sessions and invitations that
    have been for KEPT; says how many."""
    with system() as session:
        session.run(_providers.delete_used_assertions, now=world.now())
        row = session.one(_sql.delete_expired, now=world.now(), before=world.now() - KEPT)
    assert row is not None  # counts are always one row
    found = {kind: int(count) for kind, count in row.items()}
    return found | {"answers": idempotency.delete_expired(), "buckets": limits.delete_idle()}
