"""PostgreSQL: pooled connections, transactions bound to one workspace, SQL by name."""

from statewright.db.queries import Queries, load_queries
from statewright.db.sessions import (
    Session,
    close_pool,
    lookup,
    narrowed,
    system,
    tenant,
    widened,
    witnessed,
)

__all__ = [
    "Queries",
    "Session",
    "close_pool",
    "load_queries",
    "lookup",
    "narrowed",
    "system",
    "tenant",
    "widened",
    "witnessed",
]
