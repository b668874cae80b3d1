"""How long facts and hourly roll-ups are kept: whole months are dropped, and made ahead of time."""

from __future__ import annotations

from datetime import timedelta

from statewright import world
from statewright.analytics import express
from statewright.analytics.facts import HOUR_MONTHS, first_kept, month_before
from statewright.db import load_queries, system

_sql = load_queries(__package__)


def keep_house() -> list[str]:
    """Makes the partitions of this month and the next, and drops those whose time is over.

    Returns:
        The names of what was dropped.
    """
    now = world.now()
    express.forget(now)
    hours = month_before(now, HOUR_MONTHS)
    limits = {
        "analytics_facts": first_kept(now),
        "analytics_documents": first_kept(now),
        "analytics_hours": hours,
        "analytics_hour_sketches": hours,
    }
    with system() as session:
        for day in (now, now.replace(day=1) + timedelta(days=32)):
            session.one(_sql.ensure_month, month=day.date())
        return [
            row["name"]
            for parent, before in limits.items()
            for row in session.all(_sql.drop_before, parent=parent, before=before)
        ]
