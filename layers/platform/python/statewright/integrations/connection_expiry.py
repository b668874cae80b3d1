"""Tells people in time that a connection's credential ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from statewright import world
from statewright.aws import events
from statewright.aws.events import Event
from statewright.db import load_queries, system
from statewright.errors import ConflictError
from statewright.notifications import sending
from statewright.notifications.models import Body, NewNotification
from statewright.notifications.sending import Sender
from statewright.settings import settings

NOTICES = (timedelta(days=0), timedelta(days=3), timedelta(days=14))
"""How long before the end somebody is told, the closest first."""
_sql = load_queries(__package__, "connections.sql")


def tell() -> int:
    """Tells of every connection that ends soon, once for each of :data:`NOTICES`.

    Returns:
        How many connections end soon.
    """
    now = world.now()
    with system() as session:
        rows = session.all(
            _sql.list_expiring, since=now - timedelta(days=7), until=now + NOTICES[-1]
        )
    for row in rows:
        _tell(row, now)
    return len(rows)


def _tell(row: dict[str, Any], now: datetime) -> None:
    ends: datetime = row["expires_at"]
    reached = next(index for index, ahead in enumerate(NOTICES) if ends <= now + ahead)
    verb = "ended" if ends <= now else "ends"
    key = f"connection-expiry:{row['id']}:{ends:%Y-%m-%d}:{reached}"
    data = {"connection_id": row["id"], "connection": row["name"], "expires_at": ends.isoformat()}
    events.publish([Event(row["workspace_id"], "connection.expiring", key, data)])
    wanted = NewNotification(
        to=["role:owner", "role:admin"],
        channels=["in_app", "email"],
        content=Body(
            subject=f"The connection '{row['title']}' {verb} on {ends:%d %B %Y}"[:500],
            text=f"Workflows that use the connection {row['name']} fail from then on. Give it new "
            f"credentials: PUT {settings().base_url}/v1/connections/{row['id']}/credentials",
        ),
        category="connection-expiry",
        dedup_key=key,
    )
    try:
        sending.send(Sender(row["workspace_id"], "system:connections"), wanted)
    except ConflictError:
        return  # told before, with the title of that moment
