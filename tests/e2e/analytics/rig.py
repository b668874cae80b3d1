"""Analytics on a database of its own, with a clock to decide on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from statewright import world
from statewright.analytics.facts import Fact, ingest
from statewright.aws import functions
from statewright.db import close_pool
from statewright.db.migrate import migrate
from statewright.settings import settings

WORKSPACE = "0190b0a0-0000-7000-8000-0000000000aa"
OTHER = "0190b0a0-0000-7000-8000-0000000000ab"
USER = "0190b0a0-0000-7000-8000-0000000000bb"
WORKFLOWS = [f"0190b0a0-0000-7000-8000-00000000000{n}" for n in (1, 2, 3)]
NOW = datetime(2025, 11, 20, 12, 0, tzinfo=UTC)
_WORLD = f"""
    DELETE FROM workspaces; DELETE FROM users;
    INSERT INTO workspaces VALUES ('{WORKSPACE}', 'W', '{{}}', now()), ('{OTHER}', 'O', '{{}}', now());
    INSERT INTO users VALUES ('{USER}', 'owner@example.com', 'Olga', NULL, now());
    INSERT INTO memberships VALUES ('{WORKSPACE}', '{USER}', 'owner', now());
    INSERT INTO workflows (id, workspace_id, name, definition, version, created_at, updated_at) VALUES
        ('{WORKFLOWS[0]}', '{WORKSPACE}', 'Orders', '{{"steps": []}}', 1, now(), now()),
        ('{WORKFLOWS[1]}', '{WORKSPACE}', 'Invoices', '{{"steps": []}}', 2, now(), now()),
        ('{WORKFLOWS[2]}', '{OTHER}', 'Foreign', '{{"steps": []}}', 1, now(), now());
"""
# Quicker than TRUNCATE, which makes new files for every partition.
_TABLES = (
    "analytics_facts", "analytics_hours", "analytics_days", "analytics_hour_sketches",
    "analytics_day_sketches", "analytics_documents", "analytics_versions", "analytics_settings",
    "analytics_targets", "analytics_watermarks", "reports", "dashboards", "dashboard_links",
    "report_exports", "executions", "analytics_express",
)  # fmt: skip
_EMPTY = "; ".join(f"DELETE FROM {table}" for table in _TABLES)


@dataclass
class Rig:
    """What a test decides on, and sees."""

    now: datetime = NOW
    started: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def ingest(self, *facts: Fact) -> int:
        return ingest(facts, self.now)

    def sql(self, query: str, **parameters: Any) -> list[Any]:
        with psycopg.connect(settings().database_url) as connection:
            found = connection.execute(query.encode(), parameters)
            return found.fetchall() if found.description else []

    def empty(self) -> None:
        self.sql(_EMPTY)

    def roll_ups(self) -> dict[str, list[Any]]:
        """All sums, so that two ways to them can be compared."""
        names = ["hours", "days", "hour_sketches", "day_sketches"]
        return {
            name: self.sql(f"SELECT to_jsonb(r)::text FROM analytics_{name} r ORDER BY 1")
            for name in names
        }


@contextmanager
def opened(database: str, patch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """A rig on a database of its own, with two workspaces and their workflows."""
    patch.setenv("STATEWRIGHT_DATABASE_URL", _create(database))
    settings.cache_clear()
    close_pool()
    migrate()
    rig = Rig()
    rig.sql(_WORLD)
    rig.empty()
    patch.setattr(world, "now", lambda: rig.now)
    patch.setattr(functions, "start", lambda name, event: rig.started.append((name, event)))
    try:
        yield rig
    finally:
        close_pool()
        settings.cache_clear()


def _create(database: str) -> str:
    with psycopg.connect(database, autocommit=True) as connection:
        known = connection.execute("SELECT FROM pg_database WHERE datname = 'analytics'").fetchone()
        if known is None:
            connection.execute("CREATE DATABASE analytics")
        info = connection.info
        return psycopg.conninfo.make_conninfo(database, dbname="analytics", user=info.user)
